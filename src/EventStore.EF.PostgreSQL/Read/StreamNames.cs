using EventStore.EF.PostgreSQL.Order;

namespace EventStore.EF.PostgreSQL.Read;

/// <summary>
/// Caches the names of recently read streams by their ids. An id names one stream for ever, so entries stay valid as long as the same
/// server answers in the same incarnation of the store. Thread-safe.
/// </summary>
/// <param name="identity">The server and the incarnation of the store: <see cref="SettlementStatements.Identity"/>.</param>
internal sealed class StreamNames(string identity)
{
    /// <summary>A power of two. Ids that share an entry replace each other; ids are assigned in sequence, so neighbours never do.</summary>
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
