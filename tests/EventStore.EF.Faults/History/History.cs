namespace EventStore.EF.Faults;

/// <summary>All that happened in a run, by time, with the views that the rules need.</summary>
internal sealed class History
{
    public History(IEnumerable<HistoryEntry> entries)
    {
        Entries = [.. entries.OrderBy(entry => entry.Time)];
        Operations = Entries.OfType<Intended>()
            .GroupBy(intent => intent.Operation)
            .Select(intents => new Operation([.. intents]))
            .ToDictionary(operation => operation.Name);
        foreach (var entry in Entries)
            Answer(entry);

        Stored = Entries.OfType<Stored>().ToLookup(stored => stored.Id);
        Deliveries = Entries.OfType<Delivered>().ToLookup(delivery => delivery.Subscription);
        Subscriptions = [.. Entries.OfType<Subscribed>()];
        LostIds = FindLost();
    }

    /// <summary>Everything, by time.</summary>
    public IReadOnlyList<HistoryEntry> Entries { get; }

    /// <summary>The appends, by their names.</summary>
    public IReadOnlyDictionary<string, Operation> Operations { get; }

    /// <summary>What stands in the database at the end, by id.</summary>
    public ILookup<Guid, Stored> Stored { get; }

    /// <summary>What handlers were given, by subscription.</summary>
    public ILookup<string, Delivered> Deliveries { get; }

    public IReadOnlyList<Subscribed> Subscriptions { get; }

    /// <summary>
    /// Events of the time that the database went back by. That they are gone is the fault's doing; that somebody says so is the store's.
    /// </summary>
    public IReadOnlySet<Guid> LostIds { get; }

    /// <summary>Reads the logs of a folder. A last line that was cut off by a kill is left out.</summary>
    public static History Read(string folder)
        => new(Directory.EnumerateFiles(folder, "*.history").SelectMany(Lines).Select(HistoryLine.Read));

    private static IEnumerable<string> Lines(string path)
    {
        // The text of a long run is more than one string can hold.
        string? whole = null;
        foreach (var line in File.ReadLines(path))
        {
            if (whole is { Length: > 0 })
                yield return whole;

            whole = line;
        }

        if (whole is { Length: > 0 } && EndsWithNewLine(path))
            yield return whole;
    }

    private static bool EndsWithNewLine(string path)
    {
        using var file = File.OpenRead(path);
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    private void Answer(HistoryEntry entry)
    {
        var name = entry switch
        {
            Acknowledged acknowledged => acknowledged.Operation,
            Refused refused => refused.Operation,
            Unknown unknown => unknown.Operation,
            _ => null,
        };
        if (name is not null && Operations.TryGetValue(name, out var operation))
            operation.Answers.Add(entry);
        else if (entry is Committing committing && Operations.TryGetValue(committing.Operation, out var accompanied))
            accompanied.NotCommittedUntil = committing.Time;
    }

    private HashSet<Guid> FindLost()
    {
        var lost = new HashSet<Guid>();
        foreach (var gap in Entries.OfType<WentBack>())
        {
            foreach (var operation in Operations.Values.Where(operation => operation.From <= gap.Time && operation.Until >= gap.Since))
                lost.UnionWith(operation.Ids.Where(id => !Stored.Contains(id)));
        }

        return lost;
    }
}
