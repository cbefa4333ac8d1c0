using System.Collections.Concurrent;

namespace EventStore.EF;

/// <summary>
/// How far the subscriptions of this process are, which is further than their checkpoints. Those who run them report; those who wait for
/// an event are woken. Reporting is cheap while nobody waits.
/// </summary>
internal sealed class SubscriptionProgress
{
    private readonly ConcurrentDictionary<SubscriptionKey, Reporter> _reporters = [];
    private readonly Lock _lock = new();
    private Waiter[] _waiters = [];

    /// <summary>Begins to report of a partition that this process has just taken; ends when it is disposed of.</summary>
    public Reporter Start(Lease lease)
    {
        var reporter = new Reporter(this, lease);
        _reporters[lease.Key] = reporter;
        return reporter;
    }

    /// <summary>The places up to which partitions of a subscription are finished in this process, by partition, epoch and definition: of those that it holds.</summary>
    public IReadOnlyDictionary<(int Partition, long Epoch, long Definition), long> Of(SubscriptionName name, string stream)
    {
        var finished = new Dictionary<(int Partition, long Epoch, long Definition), long>();
        foreach (var (key, reporter) in _reporters)
        {
            if (key.Name == name && key.Stream == stream && reporter.Finished is { } place)
                finished[(key.Partition, reporter.Epoch, reporter.Definition)] = place;
        }

        return finished;
    }

    /// <summary>Is woken when a partition of the subscription has finished the place; ends when it is disposed of.</summary>
    public Waiter Wait(SubscriptionName name, string stream, long place)
    {
        var waiter = new Waiter(this, name, stream, place);
        lock (_lock)
            Volatile.Write(ref _waiters, [.. _waiters, waiter]);

        return waiter;
    }

    private void Wake(SubscriptionKey key, long finished)
    {
        foreach (var waiter in Volatile.Read(ref _waiters))
        {
            if (finished >= waiter.Place && key.Name == waiter.Name && key.Stream == waiter.Stream)
                waiter.Reached.Set();
        }
    }

    /// <summary>Reports of one partition.</summary>
    internal sealed class Reporter(SubscriptionProgress progress, Lease lease) : IDisposable
    {
        private long _finished = lease.Position;

        /// <summary>Of the lease.</summary>
        public long Epoch => lease.Epoch;

        /// <summary>The number of the definition: by an older one, events that are handled by now were left out.</summary>
        public long Definition => lease.Definition;

        /// <summary>Null while the lease is in doubt, or lost.</summary>
        public long? Finished => lease.IsHeld ? Interlocked.Read(ref _finished) : null;

        /// <summary>Everything up to the place is finished, and what of it is parked is committed.</summary>
        public void Report(long place)
        {
            Interlocked.Exchange(ref _finished, place);
            progress.Wake(lease.Key, place);
        }

        public void Dispose() => progress._reporters.TryRemove(new(lease.Key, this));
    }

    /// <summary>Somebody who waits.</summary>
    internal sealed class Waiter(SubscriptionProgress progress, SubscriptionName name, string stream, long place) : IDisposable
    {
        public SubscriptionName Name => name;

        public string Stream => stream;

        public long Place => place;

        public Signal Reached { get; } = new();

        public void Dispose()
        {
            lock (progress._lock)
                Volatile.Write(ref progress._waiters, [.. progress._waiters.Where(waiter => waiter != this)]);
        }
    }
}
