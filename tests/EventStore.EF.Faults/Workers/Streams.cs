namespace EventStore.EF.Faults;

/// <summary>Thinks out what a writer does next: to few streams that all writers share, and to some of its own.</summary>
internal sealed class Streams(string writer, Random random)
{
    private const int Shared = 16;
    private const int LargestBatch = 90;

    private static readonly string[] Kinds =
        [OperationKinds.Single, OperationKinds.Batch, OperationKinds.Expected, OperationKinds.Several, OperationKinds.Accompanied, OperationKinds.Cancelled];

    /// <summary>A process that was killed begins anew, and must not use a name twice.</summary>
    private readonly string _run = Guid.CreateVersion7().ToString("N")[..12];

    private readonly Dictionary<string, long> _versions = [];
    private int _count;

    /// <summary>The version at which a stream was heard to be.</summary>
    public void Heard(string stream, long version) => _versions[stream] = version;

    public Intended Next()
    {
        var kind = Kinds[random.Next(Kinds.Length)];
        var first = Any();
        IntendedAppend[] appends = kind switch
        {
            OperationKinds.Single or OperationKinds.Cancelled => [Append(first, null, 1)],
            OperationKinds.Batch => [Append(first, null, random.Next(2, LargestBatch))],
            OperationKinds.Expected => [Append(first, _versions.GetValueOrDefault(first), random.Next(1, 4))],
            // In one order everywhere: in opposite orders, transactions of callers would deadlock, which is theirs to repeat.
            _ => [.. Enumerable.Range(0, 3).Select(_ => Any()).Append(first).Distinct().Order(StringComparer.Ordinal)
                .Select(stream => Append(stream, stream == first && random.Next(3) == 0 ? _versions.GetValueOrDefault(stream) : null, random.Next(1, 3)))],
        };
        return new(HistoryLog.Now, $"{writer}-{_run}-{++_count}", kind, appends);
    }

    private string Any() => random.Next(3) switch
    {
        0 => $"own-{writer}-{_run}-{_count / 20}",
        _ => $"shared-{random.Next(Shared)}",
    };

    private static IntendedAppend Append(string stream, long? expected, int events)
        => new(stream, expected, [.. Enumerable.Range(0, events).Select(_ => Guid.CreateVersion7())]);
}
