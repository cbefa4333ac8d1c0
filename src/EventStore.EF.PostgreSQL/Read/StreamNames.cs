namespace EventStore.EF.PostgreSQL;

/// <summary>
/// The names of streams that were read lately, by their ids. An id names one stream for ever, so what is known stays true as long as the
/// same server answers in the same life of the store. Safe for use by several threads.
/// </summary>
/// <param name="identity">Which server and which life of the store: <see cref="SettlementStatements.Identity"/>.</param>
internal sealed class StreamNames(string identity)
{
    /// <summary>A power of two. An id has one place, which the last one that was looked up holds: ids are handed out in sequence.</summary>
    private const int Places = 1 << 15;

    private readonly Entry?[] _entries = new Entry?[Places];

    public string Identity => identity;

    public bool TryFind(long id, out StreamName name)
    {
        if (Volatile.Read(ref _entries[id & (Places - 1)]) is { } entry && entry.Id == id)
        {
            name = entry.Name;
            return true;
        }

        name = default;
        return false;
    }

    public void Add(long id, StreamName name) => Volatile.Write(ref _entries[id & (Places - 1)], new(id, name));

    private sealed record Entry(long Id, StreamName Name);
}
