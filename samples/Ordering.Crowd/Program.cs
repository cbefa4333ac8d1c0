using System.CommandLine;
using EventStore.EF;
using Ordering.Crowd;

var orders = new Argument<int>("orders") { Description = "Number of orders to place; 0 only verifies", DefaultValueFactory = _ => 1000 };
var sqlite = new Option<string?>("--sqlite") { Description = "The SQLite database file; the default is the shop's file, shop.db" };
var postgres = new Option<string?>("--postgres") { Description = "A connection string for PostgreSQL, to use it instead of SQLite" };
orders.Validators.Add(result =>
{
    if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var count) && count >= 0))
        result.AddError($"'{token.Value}' is not a number of orders: give 0 or more.");
});

var command = new RootCommand("Places orders concurrently, and verifies orders, daily takings and e-mails against the events.")
{
    orders, sqlite, postgres,
};
command.Validators.Add(result =>
{
    if (result.GetResult(sqlite) is not null && result.GetResult(postgres) is not null)
        result.AddError("Give --sqlite or --postgres, not both.");
});
command.SetAction((parsed, _) => CrowdRun.RunAsync(parsed.GetValue(orders), parsed.GetValue(sqlite), parsed.GetValue(postgres)));

var parsed = command.Parse(args);
if (parsed.Errors is [var error, ..])
{
    Console.Error.WriteLine($"{error.Message} See --help.");
    return 2;
}

try
{
    // Ctrl+C stops the host, and the host stops the crowd.
    return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is EventStoreException or IOException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
