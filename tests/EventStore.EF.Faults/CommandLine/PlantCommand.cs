using System.CommandLine;

namespace EventStore.EF.Faults;

/// <summary><c>plant</c>: spoils the history of a sound run, to see that the checker finds it.</summary>
internal sealed class PlantCommand : Command
{
    private readonly Argument<string> _plant = new("what") { Description = "What is planted: lost, doubled, swapped or phantom." };
    private readonly Option<int> _seed = new("--seed") { Description = "From which all chance follows.", DefaultValueFactory = _ => 1 };

    public PlantCommand()
        : base("plant", "Spoils the history of a short run without faults in one place. Ends with 1, having named what it found.")
    {
        _plant.AcceptOnlyFromAmong([.. Enum.GetNames<Plant>().Select(name => name.ToLowerInvariant())]);
        Add(_plant);
        Add(_seed);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var plant = Enum.Parse<Plant>(parsed.GetRequiredValue(_plant), ignoreCase: true);
        var seed = parsed.GetValue(_seed);
        var sound = await new Experiment(new(TimeSpan.FromSeconds(2), seed, Provider.Sqlite, []), Console.Out).RunAsync(ct).ConfigureAwait(false);
        if (sound.Violations.Count > 0)
        {
            Report.Write(Console.Out, sound, $"plant {parsed.GetValue(_plant)} --seed {seed}");
            Console.WriteLine("The run was not sound to begin with.");
            return 2;
        }

        var history = new History(new Planter(sound.History.Entries, new(seed)).Spoil(plant));
        var found = sound with { History = history, Violations = HistoryChecker.Check(history) };
        Console.WriteLine($"Planted: {parsed.GetValue(_plant)}.");
        Report.Write(Console.Out, found, $"plant {parsed.GetValue(_plant)} --seed {seed}");
        return found.Violations.Count > 0 ? 1 : 0;
    }
}
