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
