using System.Data;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF;

/// <summary>
/// The connections of the store's background work: heartbeat, tail reader, notifications. They never wait for a pool that other work may
/// exhaust: either they have a pool of their own, or some that are once open are kept.
/// </summary>
/// <param name="contexts">Gives contexts with a connection.</param>
/// <param name="kept">How many connections are kept open while nobody uses them; 0 where the contexts have a pool of their own.</param>
internal sealed class BackgroundConnections(IDbContextFactory<EventStoreDbContext> contexts, int kept) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<EventStoreDbContext> _idle = new();
    private bool _isDisposed;

    public ValueTask<StoreConnection> OpenAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var context))
                return ValueTask.FromResult(StoreConnection.Of(context, this));
        }

        return StoreConnection.OpenAsync(contexts, kept == 0 ? null : this, ct);
    }

    /// <summary>Takes a connection back from its user. One that is broken takes the idle ones with it, which have lost their server too.</summary>
    public async ValueTask ReturnAsync(EventStoreDbContext context)
    {
        var closed = new List<EventStoreDbContext>();
        lock (_lock)
        {
            if (context.Database.GetDbConnection().State is ConnectionState.Open && !_isDisposed && _idle.Count < kept)
            {
                _idle.Push(context);
            }
            else
            {
                closed.Add(context);
                if (context.Database.GetDbConnection().State is not ConnectionState.Open)
                    TakeIdle(closed);
            }
        }

        foreach (var one in closed)
            await one.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        var closed = new List<EventStoreDbContext>();
        lock (_lock)
        {
            _isDisposed = true;
            TakeIdle(closed);
        }

        foreach (var one in closed)
            await one.DisposeAsync().ConfigureAwait(false);
    }

    private void TakeIdle(List<EventStoreDbContext> closed)
    {
        closed.AddRange(_idle);
        _idle.Clear();
    }
}
