namespace EventStore.EF.Specification;

/// <summary>Handles the suites' packed events, and numbered ones beside them.</summary>
public sealed class PackedHandler(Recorder recorder) : ISubscriber<Packed>, ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(Packed @event, EventContext context, CancellationToken cancellationToken) => recorder.HandleAsync(context, cancellationToken);

    /// <inheritdoc/>
    public ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken) => recorder.HandleAsync(context, cancellationToken);
}
