using System.CommandLine;
using System.Globalization;

namespace EventStore.EF.Benchmarks;

/// <summary>The command line.</summary>
internal sealed class BenchmarkCommand
{
    private readonly Argument<string[]> _words = new("words")
    {
        Description = "What is measured: append, read, subscriptions, telemetry, open, embedded, scale, in any order.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<FileInfo?> _json = new("--json") { Description = "Writes each case's value, floor and ratio to this file." };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Counted rounds, 1 to 1000.", DefaultValueFactory = _ => 5 };
    private readonly Option<double> _seconds = new("--seconds") { Description = "How long store and floor work in a round, up to 600.", DefaultValueFactory = _ => 3 };
    private readonly Option<string> _case = new("--case") { Description = "Only cases whose name contains this text.", DefaultValueFactory = _ => "" };
    private readonly Option<string> _provider = new("--provider") { Description = "Only cases of this database.", DefaultValueFactory = _ => "both" };
    private readonly Option<long> _maxEvents = new("--max-events") { Description = "The largest store that scale fills, 10,000 or more.", DefaultValueFactory = _ => 1_000_000 };
    private readonly Option<int> _arrivals = new("--arrivals") { Description = "How many appends arrive in a round of open, 100 or more.", DefaultValueFactory = _ => 20_000 };
    private readonly RootCommand _command;

    public BenchmarkCommand()
    {
        _words.AcceptOnlyFromAmong([.. Catalogue.Words]);
        _provider.AcceptOnlyFromAmong("postgres", "sqlite", "both");
        _json.Validators.Add(result =>
        {
            // Better now than after a quarter of an hour.
            if (result.Tokens is [var token] && Path.GetDirectoryName(Path.GetFullPath(token.Value)) is var folder && !Directory.Exists(folder))
                result.AddError($"--json names a file in '{folder}', which doesn't exist.");
        });
        Limit(_rounds, 1, 1000);
        Limit(_seconds, 0.01, 600);
        Limit(_maxEvents, 10_000, 1_000_000_000);
        Limit(_arrivals, 100, 10_000_000);
        _command = new($"""
            Measures the event store beside a floor of raw ADO.NET, by turns in one run.

              PostgreSQL is the server named by EVENTSTORE_TEST_POSTGRES, or a temporary one; SQLite files stand in the temporary folder.
            """)
        {
            _words, _json, _rounds, _seconds, _case, _provider, _maxEvents, _arrivals,
        };
    }

    /// <summary>The options; <see langword="null"/> when the program is to end with the exit code, what is wrong or the help having been printed.</summary>
    public BenchmarkOptions? Parse(string[] args, out int exitCode)
    {
        var parsed = _command.Parse(args);
        exitCode = parsed.Errors.Count > 0 ? 2 : 0;
        if (parsed.Errors.Count > 0 || parsed.Action is not null)
        {
            parsed.Invoke();
            return null;
        }

        return new(
            [.. parsed.GetRequiredValue(_words).Distinct()], parsed.GetValue(_json), parsed.GetValue(_rounds), TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            parsed.GetRequiredValue(_case),
            parsed.GetRequiredValue(_provider) switch { "postgres" => Provider.PostgreSql, "sqlite" => Provider.Sqlite, _ => null },
            parsed.GetValue(_maxEvents), parsed.GetValue(_arrivals));
    }

    private static void Limit<T>(Option<T> option, T least, T most)
        where T : struct, IComparable<T>, IParsable<T>
        => option.Validators.Add(result =>
        {
            // What is no number at all is refused by the parser itself.
            if (result.Tokens is not [var token] || !T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value))
                return;

            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
                result.AddError($"{option.Name} is {least} to {most}, and not {value}.");
        });
}
