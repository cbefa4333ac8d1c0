using System.Globalization;
using EventStore.EF.Compilation.Benchmarks;

// dotnet run -c Release --project benchmarks/EventStore.EF.Compilation.Benchmarks -- 1000 5
var events = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
if (args.Length > 2)
{
    GeneratorRun.Measure(events, args[2]);
    return;
}

var (ours, finding) = (new List<long[]>(), new List<long[]>());
var compilers = new List<(long None, long Own, long Other)>();
using (var compiler = new Compiler(events))
{
    for (var round = 0; round < rounds; round++)
    {
        finding.Add(GeneratorRun.InNewProcess(events, GeneratorRun.Finding));
        ours.Add(GeneratorRun.InNewProcess(events, GeneratorRun.Ours));
        compilers.Add((compiler.Run(Generated.Nothing), compiler.Run(Generated.ByUs), compiler.Run(Generated.BySystemTextJson)));
    }
}

Console.WriteLine($"CPU in ms for {events} events, medians of {rounds} rounds");
Print("a generator that only finds them, cold", finding.Select(round => round[0]));
Print("ours, cold", ours.Select(round => round[0]));
Print("ours, an unrelated edit", ours.Select(round => round[1]));
Print("ours, one event changed", ours.Select(round => round[2]));
Print("csc without a generator", compilers.Select(round => round.None));
Print("csc, more with ours", compilers.Select(round => round.Own - round.None));
Print("csc, more with that of System.Text.Json", compilers.Select(round => round.Other - round.None));

static void Print(string name, IEnumerable<long> values)
{
    var sorted = values.Order().ToList();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-42}{sorted[sorted.Count / 2],8}   {sorted[0]}–{sorted[^1]}"));
}
