using System.Globalization;
using EventStore.EF.Benchmarks;
using EventStore.EF.TestDatabases;

if (args is not ["append", .. var rest] || rest.Length > 2)
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/EventStore.EF.Benchmarks -- append [rounds] [seconds]

        The server is the one named by EVENTSTORE_TEST_POSTGRES, or a temporary one, with fsync on.
        """);
    return 2;
}

var rounds = rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 5;
var seconds = rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 3;
await using var server = await PostgreSqlServer.FindAsync();
var database = await server.CreateDatabaseAsync();
await AppendBenchmark.RunAsync(database, rounds, TimeSpan.FromSeconds(seconds));
await server.DropDatabaseAsync(database);
return 0;
