using EventStore.EF.Benchmarks;

if (args is not ["append", "--postgres", var connectionString, .. var rest])
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project benchmarks/EventStore.EF.Benchmarks -- append --postgres \"<connection string of a migrated database>\" [rounds] [seconds]");
    return 2;
}

var rounds = rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 5;
var seconds = rest.Length > 1 ? int.Parse(rest[1], System.Globalization.CultureInfo.InvariantCulture) : 3;
await AppendBenchmark.RunAsync(connectionString, rounds, TimeSpan.FromSeconds(seconds));
return 0;
