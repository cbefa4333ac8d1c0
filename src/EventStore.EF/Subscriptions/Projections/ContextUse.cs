using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.Logging;

namespace EventStore.EF;

/// <summary>
/// Notices handlers that leave the context alone whose transaction they run in: what they write through another one, of a factory for example,
/// is committed without the checkpoint. Costs nothing for an event type once its handler was seen using the context.
/// </summary>
internal sealed partial class ContextUse(SubscriptionName name, Type contextType, SubscriptionParts parts)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    /// <summary>Event types whose handlers use it, and when those were told of that didn't.</summary>
    private readonly HashSet<string> _users = [];
    private readonly Dictionary<string, long> _told = [];

    /// <summary>Begins to watch a transaction; <see langword="null"/> when there is nothing to find out.</summary>
    /// <param name="context">The transaction's.</param>
    /// <param name="items">The events.</param>
    /// <param name="written">Tells what was written so far in the transaction, as a text that changes with it.</param>
    /// <param name="ct">Cancels the question.</param>
    public async ValueTask<Watch?> BeginAsync(DbContext context, IReadOnlyList<DeliveryItem> items, Func<CancellationToken, Task<string?>> written, CancellationToken ct)
    {
        foreach (var item in items)
        {
            if (IsUnknown(item.Event.EventType))
                return new(this, context, await written(ct).ConfigureAwait(false), written);
        }

        return null;
    }

    private bool IsUnknown(string eventType)
        => !_users.Contains(eventType) && !(_told.TryGetValue(eventType, out var at) && parts.Time.GetElapsedTime(at) < Quiet);

    private void Tell(IEnumerable<string> idle)
    {
        foreach (var eventType in idle)
        {
            _told[eventType] = parts.Time.GetTimestamp();
            LogUnused(parts.Logger, name, eventType, contextType);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Projection '{Name}' handled an event '{EventType}' and wrote nothing through {Context}, whose transaction holds its checkpoint. What its handler writes through another context, of a factory or another scope, is not in that transaction, and is lost or doubled after a crash: take the context in the constructor. If it had nothing to write, nothing is wrong. This is told at most once an hour")]
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

        public Watch(ContextUse uses, DbContext context, string? writtenBefore, Func<CancellationToken, Task<string?>> written)
        {
            (_uses, _context, _writtenBefore, _written) = (uses, context, writtenBefore, written);
            context.ChangeTracker.Tracked += OnTracked;
        }

        /// <summary>An event was handled.</summary>
        public void Handled(string eventType)
        {
            if (_isUsed)
                _uses._users.Add(eventType);
            else if (_uses.IsUnknown(eventType))
                _idle.Add(eventType);

            _isUsed = false;
        }

        /// <summary>All are handled and saved: tells of those that did nothing by the context, unless SQL has written in the transaction.</summary>
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

        /// <summary>A pooled context goes back without it.</summary>
        public void Dispose() => _context.ChangeTracker.Tracked -= OnTracked;

        private void OnTracked(object? sender, EntityTrackedEventArgs args) => _isUsed = true;
    }
}
