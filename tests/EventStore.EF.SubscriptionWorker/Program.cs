using EventStore.EF.SubscriptionWorker;

// A process for tests of what happens between processes. It says on its standard output what it does, a line each, takes orders from its
// standard input, a line each, and ends with that.
//
//   handler  <connection string> <subscription> <lease in seconds>                       a subscriber run by the host
//   fatal    <connection string> <subscription> <lease in seconds>                       the same, which ends the process at number 13
//   consumer <connection string> <subscription> <lease in seconds>                       a consumer that acknowledges when it is told to
//   many     <connection string> <number of subscriptions> <all|stream|one-stream|mixed> consumers that acknowledge at once
//   lock     <path of a database> <place>                                                says whether another process holds a lock, and ends
//   memory   <connection string>                                                         reads all events, and ends
//   times    <connection string> <switches of the application's context>                 writes and reads times, and ends
return args switch
{
    ["handler", var connection, var subscription, var lease] => await HandlerProcess.RunAsync(connection, subscription, Seconds(lease)),
    ["fatal", var connection, var subscription, var lease] => await HandlerProcess.RunAsync(connection, subscription, Seconds(lease), isFatal: true),
    ["consumer", var connection, var subscription, var lease] => await ConsumerProcess.RunAsync(connection, subscription, Seconds(lease)),
    ["many", var connection, var count, var kind] => await ManyProcess.RunAsync(connection, int.Parse(count, null), kind),
    ["lock", var path, var place] => LockProcess.Run(path, long.Parse(place, null)),
    ["memory", var connection] => await MemoryProcess.RunAsync(connection),
    ["times", var connection, .. var switches] => await TimesProcess.RunAsync(connection, switches),
    _ => 2,
};

static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
