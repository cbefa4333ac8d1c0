namespace EventStore.EF.Specification;

/// <summary>A state of the suites that an event begins, with snapshots.</summary>
[State("specification-account", SnapshotEvery = 10)]
public sealed record Account(int First, int Sum)
{
    private static Account Create(Numbered e) => new(e.Number, e.Number);

    private Account Apply(Numbered e) => this with { Sum = checked(Sum + e.Number) };
}

/// <summary>A state of the suites that begins with nothing.</summary>
[State("specification-counter")]
public sealed class Counter
{
    /// <summary>How many events went into it.</summary>
    public int Count { get; private set; }

    private void Apply(Numbered e) => Count++;
}

/// <summary>A state of the suites that takes its events as they are stored.</summary>
[State("specification-ledger", SnapshotEvery = 10)]
public sealed record Ledger(DateTimeOffset OpenedAt, long Position, long Version, string? By)
{
    private static Ledger Create(Numbered e, RecordedEvent recorded)
        => new(recorded.CreatedAt, recorded.Position, recorded.StreamVersion, recorded.Metadata.GetValueOrDefault("by"));

    private Ledger Apply(Numbered e, RecordedEvent recorded) => e.Number >= 0
        ? this with { Position = recorded.Position, Version = recorded.StreamVersion, By = recorded.Metadata.GetValueOrDefault("by") }
        : throw new OverflowException($"{recorded.StreamName} at {recorded.StreamVersion}");
}

/// <summary>A state of the suites that changes itself by events as they are stored, and begins with nothing.</summary>
[State("specification-journal")]
public sealed class Journal
{
    /// <summary>The positions of its events.</summary>
    public List<long> Positions { get; } = [];

    private void Apply(Numbered e, RecordedEvent recorded) => Positions.Add(recorded.Position);
}
