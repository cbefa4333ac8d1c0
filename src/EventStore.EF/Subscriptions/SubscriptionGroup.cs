using System.Diagnostics.CodeAnalysis;

namespace EventStore.EF;

/// <summary>The consumers of one subscription in this process, and the runners of its parts that serve them.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source of cancellation without timer holds nothing to free")]
internal sealed class SubscriptionGroup
{
    private readonly SubscriptionOptions _options;
    private readonly Func<CancellationToken, Task> _run;
    private readonly Lock _lock = new();
    private readonly List<Consumer> _consumers = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<bool> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private bool _isOver;

    /// <param name="name">The subscription's name.</param>
    /// <param name="options">As whoever came first said.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="run">Runs the parts, until cancelled or until they can't go on.</param>
    public SubscriptionGroup(SubscriptionName name, SubscriptionOptions options, IReadOnlyList<ISubscriptionPart> parts, Func<CancellationToken, Task> run)
    {
        Name = name;
        Parts = parts;
        _options = options;
        _run = run;
    }

    public SubscriptionName Name { get; }

    public IReadOnlyList<ISubscriptionPart> Parts { get; }

    /// <summary>Whether <see cref="EventBatch.Mapped"/> is made by a function of the application's.</summary>
    public bool IsMapped => _options.Mapper is not null;

    /// <summary>That of the part which does best.</summary>
    public EventSubscriptionStatus Status => Parts.Select(part => part.Status).Max();

    public string? KeyOf(RecordedEvent @event) => _options.KeyOf(@event);

    /// <summary>Whether it works; false when it was at its end before it began. Completes when that is known.</summary>
    public Task<bool> HasBegun => _begun.Task;

    /// <summary>Whether it takes in nobody any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock)
                return _isOver;
        }
    }

    /// <summary>Completes when it is at its end, and everything is given back.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Which part delivers an event.</summary>
    public int PartOf(RecordedEvent @event) => Parts.Count == 1 ? 0 : Intake.PartitionOf(KeyOf(@event), @event.Number, Parts.Count);

    /// <summary>Sees that somebody who joins wants what is running: the options are those of the first.</summary>
    /// <exception cref="InvalidOperationException">The options differ.</exception>
    public void RequireSame(SubscriptionOptions options)
    {
        if (options.DifferencesFrom(_options) is { Count: > 0 } differences)
        {
            throw new InvalidOperationException(
                $"Subscription '{Name}' runs in this process already, with other options: {string.Join(", ", differences)} {(differences.Count == 1 ? "differs" : "differ")}. All consumers of a subscription have the same options: subscribe with those of the first, or under another name.");
        }
    }

    /// <summary>Takes in a consumer. Returns null when there are as many as <paramref name="most"/>, or the group is at its end.</summary>
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

    /// <summary>Begins to work.</summary>
    /// <param name="ended">Called when the work is at its end.</param>
    public void Start(Action ended)
    {
        _running = Apart.RunAsync(() => RunAsync(ended));
        _begun.SetResult(true);
    }

    /// <summary>It is at its end before it began: whoever has joined meanwhile gets nothing.</summary>
    public void Abandon()
    {
        End(null);
        _begun.SetResult(false);
    }

    /// <summary>The consumer goes. When it was the last one, what is finished is written and the parts are given back.</summary>
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

    /// <summary>Ends the work: what is finished is written, and the parts are given back.</summary>
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
            // Asked for.
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
            consumers = [.. _consumers];
        }

        foreach (var consumer in consumers)
            consumer.Complete(reason);

        _ended.SetResult();
    }
}
