namespace EventStore.EF.Specification;

/// <summary>What handlers of one application have been given, and a way to wait for it.</summary>
public sealed class Recorder
{
    private readonly Lock _lock = new();
    private readonly List<EventContext> _contexts = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Runs before an event counts as handled; throws or waits where a test wants it.</summary>
    public Func<EventContext, CancellationToken, Task>? OnHandling { get; set; }

    /// <summary>The contexts of the handled events, in order.</summary>
    public IReadOnlyList<EventContext> Handled
    {
        get
        {
            lock (_lock)
                return [.. _contexts];
        }
    }

    /// <summary>The positions of the handled events, in order.</summary>
    public long[] Positions => [.. Handled.Select(context => context.Position)];

    /// <summary>Called by handlers.</summary>
    public async ValueTask HandleAsync(EventContext context, CancellationToken ct)
    {
        if (OnHandling is { } handling)
            await handling(context, ct);

        lock (_lock)
        {
            _contexts.Add(context);
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>Waits until so many events are handled.</summary>
    public Task WaitForAsync(int count, CancellationToken ct) => WaitAsync(handled => handled.Count >= count, ct);

    /// <summary>Waits until what was handled is as wanted; fails with what was handled instead after 30 seconds.</summary>
    public async Task WaitAsync(Func<IReadOnlyList<EventContext>, bool> isThere, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(isThere);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (isThere(_contexts))
                    return;

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(30), ct);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Nothing was handled for 30 seconds; so far: {string.Join(", ", Positions)}.");
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Handles the suites' numbered events.</summary>
public sealed class NumberedHandler(Recorder recorder) : ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken) => recorder.HandleAsync(context, cancellationToken);
}

/// <summary>Handles both kinds of event.</summary>
public sealed class EveryHandler(Recorder recorder) : ISubscriber<Numbered>, ISubscriber<Noted>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken) => recorder.HandleAsync(context, cancellationToken);

    /// <inheritdoc/>
    public ValueTask HandleAsync(Noted @event, EventContext context, CancellationToken cancellationToken) => recorder.HandleAsync(context, cancellationToken);
}
