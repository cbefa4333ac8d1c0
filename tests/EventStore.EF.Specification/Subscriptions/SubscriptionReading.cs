namespace EventStore.EF.Specification;

/// <summary>Reads subscriptions as tests do: so much, within 30 seconds.</summary>
public static class SubscriptionReading
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The next batch.</summary>
    public static async Task<EventBatch> NextAsync(this IEventSubscription subscription)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        return await subscription.FirstAsync(patience.Token)
            ?? throw new TimeoutException($"Subscription '{subscription.Name}' delivered nothing within {Patience}; it is {subscription.Status}.");
    }

    /// <summary>The next events, unacknowledged; fails when a batch holds more.</summary>
    public static Task<List<RecordedEvent>> TakeAsync(this IEventSubscription subscription, int count)
        => subscription.TakeAsync(count, _ => ValueTask.CompletedTask);

    /// <summary>The next events, each batch acknowledged.</summary>
    public static Task<List<RecordedEvent>> HandleAsync(this IEventSubscription subscription, int count)
        => subscription.TakeAsync(count, batch => subscription.AckAsync(batch, Ct));

    /// <summary>The next events up to a position, each batch acknowledged.</summary>
    public static async Task<List<RecordedEvent>> HandleThroughAsync(this IEventSubscription subscription, long position)
    {
        var events = new List<RecordedEvent>();
        while (events.Count == 0 || events[^1].Position < position)
        {
            var batch = await subscription.NextAsync();
            events.AddRange(batch.Events);
            await subscription.AckAsync(batch, Ct);
        }

        return events;
    }

    /// <summary>Asserts that nothing is delivered while something else happens, which should take as long.</summary>
    public static async Task AssertNothingAsync(this IEventSubscription subscription, Func<Task> meanwhile)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var next = subscription.FirstAsync(stopping.Token);
        await meanwhile();
        await stopping.CancelAsync();
        Assert.Empty((await next)?.Events ?? []);
    }

    /// <summary>Asserts that reading ends with an exception, after whatever is delivered until then.</summary>
    public static async Task<TException> EndsWithAsync<TException>(this IEventSubscription subscription)
        where TException : Exception
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        return await Assert.ThrowsAsync<TException>(async () => await subscription.ReadBatchesAsync(patience.Token).ToListAsync(patience.Token));
    }

    /// <summary>The numbers of numbered events.</summary>
    public static IReadOnlyList<int> Numbers(this IEnumerable<RecordedEvent> events) => [.. events.Select(@event => @event.As<Numbered>().Number)];

    private static async Task<List<RecordedEvent>> TakeAsync(this IEventSubscription subscription, int count, Func<EventBatch, ValueTask> then)
    {
        var events = new List<RecordedEvent>();
        while (events.Count < count)
        {
            var batch = await subscription.NextAsync();
            events.AddRange(batch.Events);
            await then(batch);
        }

        Assert.Equal(count, events.Count);
        return events;
    }

    /// <summary>Null when it was cancelled before anything came.</summary>
    private static async Task<EventBatch?> FirstAsync(this IEventSubscription subscription, CancellationToken ct)
    {
        try
        {
            await foreach (var batch in subscription.ReadBatchesAsync(ct))
                return batch;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && !Ct.IsCancellationRequested)
        {
            return null;
        }

        throw new InvalidOperationException($"Subscription '{subscription.Name}' has ended.");
    }
}
