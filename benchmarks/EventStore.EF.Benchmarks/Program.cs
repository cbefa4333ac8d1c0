using System.Globalization;
using EventStore.EF.Benchmarks;
using EventStore.EF.TestDatabases;

if (args is [CatchUpProcess.Word, var connectionString, var subscription, var events])
    return await CatchUpProcess.RunAsync(connectionString, subscription, int.Parse(events, CultureInfo.InvariantCulture));

if (new BenchmarkCommand().Parse(args, out var exitCode) is not { } options)
    return exitCode;

var tables = options.Words.Select(word => (Word: word, Cases: Catalogue.Of(word, options))).Where(table => table.Cases.Count > 0).ToArray();
if (tables.Length == 0)
{
    Console.Error.WriteLine($"No case of {string.Join(", ", options.Words)} on {options.Provider?.ToString() ?? "any database"} has '{options.CaseText}' in its name.");
    return 2;
}

var needsServer = tables.Any(table => table.Cases.Any(@case => @case.Provider is Provider.PostgreSql));
await using var server = needsServer ? await PostgreSqlServer.FindAsync() : null;
var machine = await Machine.DescribeAsync(server?.ConnectionString);
foreach (var (property, value) in machine)
    Console.WriteLine($"- {property}: {value}");

var progress = new Progress();
var measured = new List<(string Word, Outcome Outcome)>();
foreach (var (word, cases) in tables)
{
    await using var laboratory = new Laboratory(options, server, progress);
    var outcomes = new List<Outcome>();
    foreach (var @case in cases)
    {
        outcomes.Add(await @case.RunAsync(laboratory));
        progress.Done(outcomes[^1]);
    }

    Console.WriteLine();
    Console.WriteLine($"{word}: medians of {options.Rounds} rounds of {Number.Text(options.Duration.TotalSeconds)} s; pairs are store / floor");
    Console.WriteLine();
    Console.WriteLine(MarkdownTable.Of(outcomes));
    measured.AddRange(outcomes.Select(outcome => (word, outcome)));
    if (options.Json is { } file)
        JsonReport.Write(file, options, machine, measured);
}

return 0;
