using System.CommandLine;

namespace EventStore.EF.Faults;

/// <summary><c>run</c>: makes faults while work goes on, and checks what came of it.</summary>
internal sealed class RunCommand : Command
{
    private readonly Option<double> _seconds = new("--seconds") { Description = "How long faults are made; 0 to 86,400.", DefaultValueFactory = _ => 120 };
    private readonly Option<int> _seed = new("--seed") { Description = "From which all chance follows.", DefaultValueFactory = _ => Random.Shared.Next(10_000) };
    private readonly Option<string> _faults = new("--faults") { Description = "Only these, by name, separated by commas; see list. 'none' for none.", DefaultValueFactory = _ => "" };
    private readonly Option<string> _provider = new("--provider") { Description = "The database.", DefaultValueFactory = _ => "postgres" };
    private readonly Option<string?> _without = new("--without") { Description = "Takes one of the store's safeguards back, to see that the checker finds what it prevents." };
    private readonly Option<DirectoryInfo?> _keep = new("--keep") { Description = "Copies the history and the workers' logs to this folder." };

    public RunCommand()
        : base("run", "Makes faults while eight writers and six subscriptions work, and checks the history. Ends with 0 only without a violation.")
    {
        _provider.AcceptOnlyFromAmong("postgres", "sqlite");
        _without.AcceptOnlyFromAmong([.. SafeguardSwitches.Names]);
        _seconds.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, out var value) && value is < 0 or > 86_400)
                result.AddError($"--seconds is 0 to 86,400, and not {token.Value}.");
        });
        _faults.Validators.Add(result =>
        {
            foreach (var name in Split(result.GetValueOrDefault<string>()).Where(name => FaultCatalogue.All.All(fault => fault.Name != name)))
                result.AddError($"There is no fault '{name}'. There are: {string.Join(", ", FaultCatalogue.All.Select(fault => fault.Name))}.");
        });
        Add(_seconds);
        Add(_seed);
        Add(_faults);
        Add(_provider);
        Add(_without);
        Add(_keep);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var provider = parsed.GetValue(_provider) == "sqlite" ? Provider.Sqlite : Provider.PostgreSql;
        var names = Split(parsed.GetValue(_faults));
        var wanted = FaultCatalogue.Of(provider).Where(fault => names.Count == 0 || names.Contains(fault.Name)).ToArray();
        if (parsed.GetValue(_faults) == "none")
            wanted = [];

        foreach (var fault in wanted.Where(fault => fault.Unavailable is not null))
            Console.WriteLine($"Left out: {fault.Name}, because {fault.Unavailable}.");

        var seed = parsed.GetValue(_seed);
        var options = new RunOptions(
            TimeSpan.FromSeconds(parsed.GetValue(_seconds)), seed, provider, [.. wanted.Where(fault => fault.Unavailable is null)],
            parsed.GetValue(_without), parsed.GetValue(_keep));
        Console.WriteLine($"Seed {seed}, {provider}; faults: {string.Join(", ", options.Faults.Select(fault => fault.Name))}");
        var outcome = await new Experiment(options, Console.Out).RunAsync(ct).ConfigureAwait(false);
        Report.Write(Console.Out, outcome, FormattableString.Invariant(
            $"run --seconds {options.Duration.TotalSeconds} --seed {seed} --provider {parsed.GetValue(_provider)} --faults {string.Join(',', options.Faults.Select(fault => fault.Name))}"));
        return outcome.Violations.Count == 0 ? 0 : 1;
    }

    private static IReadOnlyList<string> Split(string? names)
        => [.. (names ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(name => name != "none")];
}
