namespace EventStore.EF.Specification;

/// <summary>Counts and adds up the numbers of each stream.</summary>
public sealed class TallyProjection(TallyContext tallies, Recorder recorder) : ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(context);
        var row = await tallies.Tallies.FindAsync([context.StreamName.Value], cancellationToken);
        if (row is null)
            tallies.Add(row = new() { Stream = context.StreamName.Value });

        row.Apply(@event.Number);
        await recorder.HandleAsync(context, cancellationToken);
    }
}
