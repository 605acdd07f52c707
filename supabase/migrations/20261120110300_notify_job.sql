select cron.schedule('convene-notify', '* * * * *', 'select private.sweep_notifications()');
