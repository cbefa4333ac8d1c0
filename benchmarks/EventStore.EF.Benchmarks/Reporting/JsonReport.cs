using System.Text.Encodings.Web;
using System.Text.Json;

namespace EventStore.EF.Benchmarks;

/// <summary>The figures for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(FileInfo file, BenchmarkOptions options, IReadOnlyDictionary<string, string> machine, IEnumerable<(string Word, Outcome Outcome)> outcomes)
    {
        var report = new
        {
            machine,
            options.Rounds,
            Seconds = options.Duration.TotalSeconds,
            Cases = outcomes.Select(one => new
            {
                one.Word,
                Provider = one.Outcome.Case.Provider.ToString(),
                Case = one.Outcome.Case.Name,
                one.Outcome.Unit,
                Value = one.Outcome.Main.Store,
                one.Outcome.Main.Floor,
                one.Outcome.Main.Ratio,
                Reach = Verdict(one.Outcome.Main),
                Beside = one.Outcome.Beside.Select(figure => new { figure.Name, Value = figure.Store, figure.Floor, figure.Ratio, Reach = Verdict(figure) }),
            }),
        };
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(report, Options) + "\n");
    }

    private static object? Verdict(Figure figure)
        => figure.Reach is { } reach ? new { Is = reach.ToString(), Of = reach.IsOfRatio ? "ratio" : "value", IsMet = reach.IsMetBy(figure) } : null;
}
