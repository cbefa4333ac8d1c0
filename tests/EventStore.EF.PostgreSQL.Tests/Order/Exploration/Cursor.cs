using EventStore.EF.Storage;

namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>A reader that keeps its own position, as a subscription does.</summary>
/// <param name="storage">The storage of its process.</param>
/// <param name="pageSize">The most events of a page.</param>
/// <param name="filter">What it reads.</param>
internal sealed class Cursor(IStorage storage, int pageSize, EventFilter filter)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public IStorage Storage => storage;

    /// <summary>Everything up to here has been read.</summary>
    public long Position { get; set; }

    public bool IsFiltered => filter != EventFilter.All;

    /// <summary>The positions read since <see cref="Read"/> was last cleared.</summary>
    public List<long> Read { get; } = [];

    /// <summary>Reads on for as long as there is something to read.</summary>
    public async Task ReadOnAsync()
    {
        AllPage page;
        do
        {
            page = await ReadPageAsync();
            Assert.All(page.Events, @event => Assert.InRange(@event.Position, Position + 1, page.Through));
            Assert.InRange(page.Through, Position, long.MaxValue);
            Read.AddRange(page.Events.Select(@event => @event.Position));
            Position = page.Through;
        }
        while (!page.IsEnd);
    }

    /// <summary>A connection that turns out to be broken is replaced, and what was known of positions is forgotten, as everywhere in the store.</summary>
    private async Task<AllPage> ReadPageAsync()
    {
        while (true)
        {
            try
            {
                return await storage.ReadAllAsync(new(ReadDirection.Forward, Position + 1, pageSize, filter), Ct);
            }
            catch (Exception exception) when (storage.Classify(exception) is StorageFailure.Unavailable)
            {
                Ct.ThrowIfCancellationRequested();
            }
        }
    }

    public override string ToString() => $"{(IsFiltered ? "filtered" : "unfiltered")}, {pageSize} a page";
}
