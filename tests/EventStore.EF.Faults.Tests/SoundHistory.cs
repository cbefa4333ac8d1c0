namespace EventStore.EF.Faults.Tests;

/// <summary>
/// A small history without a fault: two writers, one of whom is refused once and repeats once, two whole subscriptions and a partitioned
/// one, a restart with deliveries given again, and a projection.
/// </summary>
internal static class SoundHistory
{
    public static readonly Guid[] Ids = [.. Enumerable.Range(1, 8).Select(number => new Guid(number, 0, 0, new byte[8]))];

    public static IReadOnlyList<HistoryEntry> Entries { get; } = [.. Build()];

    /// <summary>The history with some entries replaced (<see langword="null"/> takes away) and others added.</summary>
    public static IReadOnlyList<HistoryEntry> With(Func<HistoryEntry, HistoryEntry?>? change = null, params HistoryEntry[] more)
        => [.. Entries.Select(entry => change is null ? entry : change(entry)).OfType<HistoryEntry>(), .. more];

    private static IEnumerable<HistoryEntry> Build()
    {
        yield return new Subscribed(0, "audit", false);
        yield return new Subscribed(0, "rows", false);
        yield return new Subscribed(0, "shared", true);

        // a-1: two events; b-1: one behind it; a-2 expects what b-1 has changed meanwhile; a-3 expects what is; b-2: two streams with a row.
        yield return new Intended(10, "a-1", OperationKinds.Batch, [new("s", null, Ids[..2])]);
        yield return new Acknowledged(20, "a-1", [new(2, 1, 2)]);
        yield return new Intended(12, "b-1", OperationKinds.Single, [new("s", null, [Ids[2]])]);
        yield return new Unknown(18, "b-1", "EventStoreUnavailableException");
        yield return new Intended(19, "b-1", OperationKinds.Single, [new("s", null, [Ids[2]])]);
        yield return new Acknowledged(25, "b-1", [new(3, 3, 3)]);
        yield return new Intended(21, "a-2", OperationKinds.Expected, [new("s", 2, [Ids[7]])]);
        yield return new Refused(27, "a-2", "WrongExpectedVersionException", "s", 3);
        yield return new Intended(30, "a-3", OperationKinds.Expected, [new("s", 3, [Ids[3]])]);
        yield return new Acknowledged(35, "a-3", [new(4, 5, 5)]);
        yield return new Intended(31, "b-2", OperationKinds.Accompanied, [new("t", null, Ids[4..6]), new("u", 0, [Ids[6]])]);
        yield return new Acknowledged(40, "b-2", [new(2, 6, 7), new(1, 8, 8)]);

        EventPlace[] places = [new(1, "s", 1), new(2, "s", 2), new(3, "s", 3), new(5, "s", 4), new(6, "t", 1), new(7, "t", 2), new(8, "u", 1)];
        for (var index = 0; index < places.Length; index++)
        {
            yield return new Delivered(100 + index, "audit", "p1", Ids[index], places[index]);
            yield return new Delivered(110 + index, "rows", "p1", Ids[index], places[index]);
            yield return new Effect(500, "rows", Ids[index]);
            yield return new Stored(500, Ids[index], places[index]);
        }

        // Another process takes "audit" over and begins again at the checkpoint.
        yield return new Checkpointed(103, "audit", 0, 1, 2);
        yield return new Delivered(120, "audit", "p2", Ids[5], places[5]);
        yield return new Delivered(121, "audit", "p2", Ids[6], places[6]);
        yield return new Checkpointed(125, "audit", 0, 2, 8);

        // Streams are independent of each other here.
        foreach (var (index, time) in ((int, long)[])[(4, 130), (0, 131), (1, 132), (6, 133), (2, 134), (5, 135), (3, 136)])
            yield return new Delivered(time, "shared", "p1", Ids[index], places[index]);

        yield return new Accompanied(500, "b-2");
    }
}
