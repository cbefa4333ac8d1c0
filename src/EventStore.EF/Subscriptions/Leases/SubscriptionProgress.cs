using System.Collections.Concurrent;
using EventStore.EF.Schema;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Leases;

/// <summary>
/// The progress of this process's subscriptions, which is ahead of their checkpoints. Runners report it; callers that wait for an event are
/// woken. Reporting is cheap while nobody waits.
/// </summary>
internal sealed class SubscriptionProgress
{
    private readonly ConcurrentDictionary<SubscriptionKey, Reporter> _reporters = [];
    private readonly Lock _lock = new();
    private Waiter[] _waiters = [];

    /// <summary>Starts reporting a partition that this process has just acquired; ends when the reporter is disposed.</summary>
    public Reporter Start(Lease lease)
    {
        var reporter = new Reporter(this, lease);
        _reporters[lease.Key] = reporter;
        return reporter;
    }

    /// <summary>
    /// The positions up to which this process has finished the partitions that it holds of a subscription, by partition, epoch and
    /// definition.
    /// </summary>
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

    /// <summary>Starts waiting until a partition of the subscription has finished the position; ends when the waiter is disposed.</summary>
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

    /// <summary>Reports the progress of one partition.</summary>
    internal sealed class Reporter(SubscriptionProgress progress, Lease lease) : IDisposable
    {
        private long _finished = lease.Position;

        /// <summary>The lease's epoch.</summary>
        public long Epoch => lease.Epoch;

        /// <summary>The number of the definition: under an older one, events that are now handled were left out.</summary>
        public long Definition => lease.Definition;

        /// <summary>The finished position; null while the lease is in doubt or lost.</summary>
        public long? Finished => lease.IsHeld ? Interlocked.Read(ref _finished) : null;

        /// <summary>Reports that everything up to the position is finished, and that parked events among it are committed.</summary>
        public void Report(long place)
        {
            Interlocked.Exchange(ref _finished, place);
            progress.Wake(lease.Key, place);
        }

        public void Dispose() => progress._reporters.TryRemove(new(lease.Key, this));
    }

    /// <summary>A caller that waits.</summary>
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
