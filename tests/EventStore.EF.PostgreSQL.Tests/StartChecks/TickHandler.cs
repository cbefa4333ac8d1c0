namespace EventStore.EF.PostgreSQL.Tests.StartChecks;

/// <summary>Handles an event without doing anything.</summary>
public sealed class TickHandler : ISubscriber<Ticked>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(Ticked @event, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
