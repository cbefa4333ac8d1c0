using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Faults;

/// <summary>Writes a row for every event.</summary>
internal sealed class RowsProjection(FaultContext context, Witness witness) : ISubscriber<Written>
{
    public async ValueTask HandleAsync(Written @event, EventContext handled, CancellationToken ct)
    {
        witness.Saw(handled.Subscription, handled.Event);
        if (await context.Effects.AnyAsync(row => row.EventId == handled.Event.EventId, ct).ConfigureAwait(false))
            return;

        context.Add(new EffectRow { Projection = handled.Subscription.Value, EventId = handled.Event.EventId, Position = handled.Position });
        await context.SaveChangesAsync(ct).ConfigureAwait(false);
    }
}
