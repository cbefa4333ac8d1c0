using System.Data;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Storage;

/// <summary>
/// The connections of the store's background work: heartbeat, tail reader, notifications. They never wait for a pool that other work may
/// exhaust: they either have their own pool, or keep some connections open once they have opened them.
/// </summary>
/// <param name="contexts">Creates contexts with a connection.</param>
/// <param name="kept">The number of connections kept open while unused; 0 if the contexts have their own pool.</param>
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

    /// <summary>
    /// Takes a connection back. If it is broken, the idle ones are closed as well, because they have lost their server too.
    /// </summary>
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
