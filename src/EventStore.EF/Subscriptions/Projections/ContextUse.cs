using EventStore.EF.Subscriptions.Delivery;
using EventStore.EF.Subscriptions.Processing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>
/// Detects handlers that don't use the context whose transaction they run in: what they write through another one, for example from a
/// factory, is committed without the checkpoint. Costs nothing for an event type once its handler has used the context.
/// </summary>
internal sealed partial class ContextUse(SubscriptionName name, Type contextType, SubscriptionServices services)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    /// <summary>The event types whose handlers use the context; below, when the others were last logged.</summary>
    private readonly HashSet<string> _users = [];
    private readonly Dictionary<string, long> _told = [];

    /// <summary>Starts watching a transaction; <see langword="null"/> if there is nothing to find out.</summary>
    /// <param name="context">The transaction's context.</param>
    /// <param name="items">The events.</param>
    /// <param name="written">Returns what the transaction has written so far, as a text that changes with each write.</param>
    /// <param name="ct">Cancels the question.</param>
    public async ValueTask<Watch?> BeginAsync(
        DbContext context, IReadOnlyList<DeliveryItem> items, Func<CancellationToken, Task<string?>> written, CancellationToken ct)
    {
        foreach (var item in items)
        {
            if (IsUnknown(item.Event.EventType))
                return new(this, context, await written(ct).ConfigureAwait(false), written);
        }

        return null;
    }

    private bool IsUnknown(string eventType)
        => !_users.Contains(eventType) && !(_told.TryGetValue(eventType, out var at) && services.Time.GetElapsedTime(at) < Quiet);

    private void Tell(IEnumerable<string> idle)
    {
        foreach (var eventType in idle)
        {
            _told[eventType] = services.Time.GetTimestamp();
            LogUnused(services.Logger, name, eventType, contextType);
        }
    }

    [LoggerMessage(
        3021, LogLevel.Warning,
        "Projection '{Name}' handled an event '{EventType}' and wrote nothing through {Context}, whose transaction holds its checkpoint. " +
        "Anything its handler writes through another context, from a factory or another scope, is not in that transaction, and is lost " +
        "or doubled after a crash: inject the context into the constructor. If the handler had nothing to write, nothing is wrong. " +
        "This is logged at most once an hour")]
    private static partial void LogUnused(ILogger logger, SubscriptionName name, string eventType, Type context);

    /// <summary>The watch over one transaction.</summary>
    internal sealed class Watch : IDisposable
    {
        private readonly ContextUse _uses;
        private readonly DbContext _context;
        private readonly string? _writtenBefore;
        private readonly Func<CancellationToken, Task<string?>> _written;
        private readonly HashSet<string> _idle = [];
        private bool _isUsed;
        private int _changes;

        public Watch(ContextUse uses, DbContext context, string? writtenBefore, Func<CancellationToken, Task<string?>> written)
        {
            (_uses, _context, _writtenBefore, _written) = (uses, context, writtenBefore, written);
            context.ChangeTracker.Tracked += OnTracked;
        }

        /// <summary>Records that an event was handled.</summary>
        public void Handled(string eventType)
        {
            if (!_isUsed && _uses.IsUnknown(eventType))
            {
                // What it has read through the context, it may have changed there, or through another one.
                var changes = _context.ChangeTracker.Entries().Count(entry => entry.State is not EntityState.Unchanged);
                (_isUsed, _changes) = (changes != _changes, changes);
            }

            if (_isUsed)
                _uses._users.Add(eventType);
            else if (_uses.IsUnknown(eventType))
                _idle.Add(eventType);

            _isUsed = false;
        }

        /// <summary>
        /// Called when all events are handled and saved: logs those that did nothing through the context, unless SQL has written in the
        /// transaction.
        /// </summary>
        public async ValueTask EndAsync(CancellationToken ct)
        {
            _idle.ExceptWith(_uses._users);
            if (_idle.Count == 0)
                return;

            if (await _written(ct).ConfigureAwait(false) == _writtenBefore)
                _uses.Tell(_idle);
            else if (_idle.Count == 1)
                _uses._users.UnionWith(_idle);
        }

        /// <summary>Unsubscribes, so that a pooled context is returned clean.</summary>
        public void Dispose() => _context.ChangeTracker.Tracked -= OnTracked;

        private void OnTracked(object? sender, EntityTrackedEventArgs args) => _isUsed |= !args.FromQuery;
    }
}
