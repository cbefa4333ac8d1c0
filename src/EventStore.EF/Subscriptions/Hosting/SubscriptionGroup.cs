using System.Diagnostics.CodeAnalysis;
using EventStore.EF.Subscriptions.Definitions;
using EventStore.EF.Subscriptions.Processing;
using EventStore.EF.Threading;

namespace EventStore.EF.Subscriptions.Hosting;

/// <summary>The consumers of one subscription in this process, and the runners of its partitions that serve them.</summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A CancellationTokenSource without a timer holds nothing to dispose")]
internal sealed class SubscriptionGroup
{
    private readonly SubscriptionOptions _options;
    private readonly Func<CancellationToken, Task> _run;
    private readonly Lock _lock = new();
    private readonly List<Consumer> _consumers = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<bool> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pulse _activated = new();
    private Task _running = Task.CompletedTask;
    private Exception? _reason;
    private bool _isOver;

    /// <param name="name">The subscription's name.</param>
    /// <param name="options">The options of the first consumer.</param>
    /// <param name="parts">The partitions.</param>
    /// <param name="run">Runs the partitions until cancelled or until they cannot continue.</param>
    public SubscriptionGroup(
        SubscriptionName name, SubscriptionOptions options, IReadOnlyList<ISubscriptionPartition> parts, Func<CancellationToken, Task> run)
    {
        Name = name;
        Parts = parts;
        _options = options;
        _run = run;
        foreach (var part in parts)
            part.Activated += _activated.Set;
    }

    public SubscriptionName Name { get; }

    public IReadOnlyList<ISubscriptionPartition> Parts { get; }

    /// <summary>Whether a function of the application creates <see cref="EventBatch.Mapped"/>.</summary>
    public bool IsMapped => _options.Map is not null;

    /// <summary>The status of the most advanced partition.</summary>
    public EventSubscriptionStatus Status => Parts.Select(part => part.Status).Max();

    public string? KeyOf(RecordedEvent @event) => _options.KeyOf(@event);

    /// <summary>Completes with true when the group has started, or with false if it ended before.</summary>
    public Task<bool> HasBegun => _begun.Task;

    /// <summary>Whether it accepts no more consumers.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock)
                return _isOver;
        }
    }

    /// <summary>Completes when it has ended and everything is released.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The partition that delivers an event.</summary>
    public int PartOf(RecordedEvent @event) => Parts.Count == 1 ? 0 : PartitionKey.PartitionOf(KeyOf(@event), @event.Number, Parts.Count);

    /// <summary>Requires that a joining consumer has the options of the first.</summary>
    /// <exception cref="InvalidOperationException">The options differ.</exception>
    public void RequireSame(SubscriptionOptions options)
    {
        if (options.DifferencesFrom(_options) is { Count: > 0 } differences)
        {
            throw new InvalidOperationException(
                $"Subscription '{Name}' already runs in this process with other options: {string.Join(", ", differences)} " +
                $"{(differences.Count == 1 ? "differs" : "differ")}. All consumers of a subscription must have the same options: " +
                "subscribe with the options of the first consumer, or under another name.");
        }
    }

    /// <summary>Adds a consumer. Null if there are already <paramref name="most"/> consumers, or the group has ended.</summary>
    public EventSubscription? TryJoin(int most)
    {
        lock (_lock)
        {
            if (_isOver || _consumers.Count >= most)
                return null;

            var consumer = new Consumer();
            _consumers.Add(consumer);
            foreach (var part in Parts)
                part.Add(consumer);

            return new(this, consumer);
        }
    }

    /// <summary>Completes when this process holds a partition.</summary>
    /// <exception cref="ObjectDisposedException">The host stops.</exception>
    public async Task WaitUntilActiveAsync(CancellationToken ct)
    {
        while (true)
        {
            var activated = _activated.Next;
            if (_ended.Task.IsCompleted)
                throw _reason ?? new ObjectDisposedException(Name.Value, $"Subscription '{Name}' has ended here, because the host stops.");

            if (Parts.Any(part => part.IsActive))
                return;

            await Task.WhenAny(activated, _ended.Task).WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Starts the work.</summary>
    /// <param name="ended">Called when the work has ended.</param>
    public void Start(Action ended)
    {
        _running = DetachedTask.RunAsync(() => RunAsync(ended));
        _begun.SetResult(true);
    }

    /// <summary>Ends the group before it started: consumers that have joined in the meantime get nothing.</summary>
    public void Abandon()
    {
        End(null);
        _begun.SetResult(false);
    }

    /// <summary>Removes a consumer. After the last one has left, what is finished is written and the partitions are released.</summary>
    public async Task LeaveAsync(Consumer consumer)
    {
        bool isLast;
        lock (_lock)
        {
            if (_consumers.Remove(consumer))
            {
                foreach (var part in Parts)
                    part.Remove(consumer);
            }

            isLast = _consumers.Count == 0;
            _isOver |= isLast;
        }

        consumer.Complete(null);
        if (isLast)
            await StopAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the work: what is finished is written, and the partitions are released.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync(Action ended)
    {
        Exception? reason = null;
        try
        {
            await _run(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Requested.
        }
        catch (Exception exception)
        {
            reason = exception;
        }

        ended();
        End(reason);
    }

    private void End(Exception? reason)
    {
        Consumer[] consumers;
        lock (_lock)
        {
            _isOver = true;
            _reason = reason;
            consumers = [.. _consumers];
        }

        foreach (var consumer in consumers)
            consumer.Complete(reason);

        _ended.SetResult();
    }
}
