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
var generators = new List<(long None, long Own, long Other)>();
var withAnalyzers = new List<(long None, long Own, long Other)>();
using (var compiler = new Compiler(events))
{
    for (var round = 0; round < rounds; round++)
    {
        finding.Add(GeneratorRun.InNewProcess(events, GeneratorRun.Finding));
        ours.Add(GeneratorRun.InNewProcess(events, GeneratorRun.Ours));
        generators.Add(Compile(compiler, isAnalyzing: false));
        withAnalyzers.Add(Compile(compiler, isAnalyzing: true));
    }
}

Console.WriteLine($"CPU in ms for {events} events, medians of {rounds} rounds");
Print("a generator that only finds them, cold", finding.Select(round => round[0]));
Print("the same, in a warm process", finding.Select(round => round[3]));
Print("ours, cold", ours.Select(round => round[0]));
Print("ours, in a warm process", ours.Select(round => round[3]));
Print("ours, an unrelated edit", ours.Select(round => round[1]));
Print("ours, one event changed", ours.Select(round => round[2]));
Print("csc without a generator", generators.Select(round => round.None));
Print("csc, more with ours", generators.Select(round => round.Own - round.None));
Print("csc, more with System.Text.Json's", generators.Select(round => round.Other - round.None));
Print("csc with an idle analyzer", withAnalyzers.Select(round => round.None));
Print("csc, more with ours and its analyzers", withAnalyzers.Select(round => round.Own - round.None));
Print("csc, more with System.Text.Json's", withAnalyzers.Select(round => round.Other - round.None));

Ratio("csc: extra of ours / extra of System.Text.Json's", generators.Select(r => (double)(r.Own - r.None) / (r.Other - r.None)), 0.5);
Ratio("the same with analyzers", withAnalyzers.Select(r => (double)(r.Own - r.None) / (r.Other - r.None)), 0.5);
Ratio("the generator, cold: ours / floor", ours.Zip(finding, (own, floor) => (double)own[0] / floor[0]), 1.5);
Ratio("warm, one event changed: with ours / without", ours.Select(round => (double)round[5] / round[4]), 1.3);

static (long None, long Own, long Other) Compile(Compiler compiler, bool isAnalyzing)
    => (compiler.Run(Generated.Nothing, isAnalyzing), compiler.Run(Generated.ByUs, isAnalyzing), compiler.Run(Generated.BySystemTextJson, isAnalyzing));

static void Ratio(string name, IEnumerable<double> values, double target)
{
    var sorted = values.Order().ToList();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-50}{sorted[sorted.Count / 2],8:0.00}   {sorted[0]:0.00}–{sorted[^1]:0.00}   (target {target:0.0})"));
}

static void Print(string name, IEnumerable<long> values)
{
    var sorted = values.Order().ToList();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-42}{sorted[sorted.Count / 2],8}   {sorted[0]}–{sorted[^1]}"));
}
