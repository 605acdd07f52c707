import fc from "../fast_check.ts";
import type {
  Participant,
  ParticipantGroup,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";
import { bruteForceStarts } from "./brute_force.ts";

/** Requests in which all participants but the first belong to one or two groups. */
export const requestWithGroups: fc.Arbitrary<SchedulingRequest> = fc.tuple(
  arbitraryRequest.filter(({ participants }) => participants.length > 1),
  fc.array(
    fc.record({
      second: fc.boolean(),
      was_chosen: fc.boolean(),
      turns: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 4, maxLength: 4 },
  ),
  fc.array(
    fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      type: fc.constantFrom<ParticipantGroup["type"]>(
        "required",
        "required",
        "optional",
        "resource",
      ),
    }),
    { minLength: 2, maxLength: 2 },
  ),
).map(([request, members, given]) => {
  const isIn = (i: number, second: number) => i > 0 && Number(members[i - 1]!.second) === second;
  const groups = given.map(({ count, type }, second): ParticipantGroup => {
    const known = request.participants.filter(({ busy }, i) =>
      isIn(i, second) && busy !== "unknown"
    ).length;
    // What a share of people means for an optional group without anyone is of no interest.
    return {
      index: second,
      count: Math.max(1, Math.min(count, known)),
      type: known === 0 && type === "optional" ? "required" : type,
    };
  });
  const participants = request.participants.map((one, i): Participant => {
    if (i === 0) return one;
    const { second, was_chosen, turns } = members[i - 1]!;
    const group = groups[Number(second)]!;
    return { ...one, type: group.type, group, was_chosen, turns };
  });
  return { ...request, participants };
});

/** Every way to choose members: the requests in which those who are chosen are participants like all others. */
export function everyChoice(request: SchedulingRequest): SchedulingRequest[] {
  const { participants } = request;
  const groups = [...new Set(participants.flatMap(({ group }) => group ?? []))];
  const fixed = participants.filter(({ group }) => group === undefined);
  const choices = groups.reduce<Participant[][]>((all, group) => {
    const known = participants.filter((one) => one.group === group && one.busy !== "unknown");
    return all.flatMap((before) =>
      combinations(known, group.count).map((chosen) => [...before, ...chosen])
    );
  }, [[]]);
  return choices.map((chosen) => ({
    ...request,
    participants: [...fixed, ...chosen.map(asParticipant)],
  }));
}

/** The starts at which some choice of members makes the meeting possible. */
export function bruteForceStartsOfGroups(request: SchedulingRequest): number[] {
  const starts = everyChoice(request).flatMap(bruteForceStarts);
  return [...new Set(starts)].sort((a, b) => a - b);
}

/** A member as if they had been named by themselves. */
export function asParticipant(
  { group: _group, was_chosen: _chosen, turns: _turns, ...one }: Participant,
): Participant {
  return one;
}

function combinations<T>(of: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return of.flatMap((first, i) =>
    combinations(of.slice(i + 1), count - 1).map((rest) => [first, ...rest])
  );
}
