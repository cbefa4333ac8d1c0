using System.Text.Json;

namespace EventStore.EF;

/// <summary>Folds streams into states, from the last usable snapshot on.</summary>
internal sealed class StateStore(IEventStreams streams, EventCatalog catalog, SnapshotRecorder? recorder)
{
    /// <summary>
    /// In a snapshot's metadata: the id of the last event that went into it. A stream that was removed and made anew has another event
    /// at that version.
    /// </summary>
    private const string LastEvent = "event";

    public async Task<StreamState<TState>> LoadAsync<TState>(StreamName stream, CancellationToken ct)
        where TState : notnull
    {
        _ = stream.Value;
        var descriptor = catalog.FindState(typeof(TState))
            ?? throw new InvalidOperationException($"{typeof(TState)} is no state: mark it [State], and reference its project from the application.");
        var folding = await FromSnapshotAsync(descriptor, stream, ct).ConfigureAwait(false)
            ?? await FromStartAsync(descriptor, stream, ct).ConfigureAwait(false);
        if (folding.State is not TState state)
            throw new StreamNotFoundException(stream);

        if (recorder is not null && descriptor.SnapshotEvery > 0 && folding.Version - folding.SnapshotVersion >= descriptor.SnapshotEvery)
            recorder.Record(streams.Snapshots, stream, descriptor.SnapshotType, () => Snapshot(descriptor, stream, folding));
        return new(state, folding.Version);
    }

    private async Task<Folding> FromStartAsync(StateDescriptor descriptor, StreamName stream, CancellationToken ct)
    {
        var folding = new Folding { State = descriptor.Begin?.Invoke() };
        try
        {
            await foreach (var @event in streams.ReadStreamAsync(stream, ct: ct).ConfigureAwait(false))
                folding.Add(descriptor, @event);
        }
        catch (StreamNotFoundException) when (descriptor.Begin is not null)
        {
            // It begins with the first append.
        }

        return folding;
    }

    /// <summary>Null when there is no snapshot, or none that belongs to this stream or can be read.</summary>
    private async Task<Folding?> FromSnapshotAsync(StateDescriptor descriptor, StreamName stream, CancellationToken ct)
    {
        if (descriptor.SnapshotEvery == 0
            || await streams.Snapshots.ReadAsync(stream, descriptor.SnapshotType, ct).ConfigureAwait(false) is not { } snapshot
            || Read(descriptor, snapshot) is not { } state)
        {
            return null;
        }

        var folding = new Folding { State = state, Version = snapshot.Version, SnapshotVersion = snapshot.Version };
        var isFirst = true;
        try
        {
            await foreach (var @event in streams.ReadStreamAsync(stream, new() { From = snapshot.Version }, ct).ConfigureAwait(false))
            {
                if (isFirst && !Follows(snapshot, @event))
                    return null;
                isFirst = false;
                if (@event.Number > snapshot.Version)
                    folding.Add(descriptor, @event);
            }
        }
        catch (StreamNotFoundException)
        {
            // What the snapshot was made of is gone.
        }

        return isFirst ? null : folding;
    }

    /// <summary>
    /// Whether the first event at or after the snapshot's version is the one that went into it, or the next where the stream was
    /// truncated in between.
    /// </summary>
    private static bool Follows(Snapshot snapshot, RecordedEvent @event) => @event.Number == snapshot.Version
        ? snapshot.Metadata.TryGetValue(LastEvent, out var id) && id == @event.EventId.ToString()
        : @event.Number == snapshot.Version + 1;

    private static object? Read(StateDescriptor descriptor, Snapshot snapshot)
    {
        try
        {
            return descriptor.Deserialize(snapshot.Payload.Span);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException or FormatException or ArgumentException)
        {
            // A snapshot is only a short cut; the events tell the same.
            return null;
        }
    }

    private static Snapshot Snapshot(StateDescriptor descriptor, StreamName stream, Folding folding) => new()
    {
        Source = stream,
        Type = descriptor.SnapshotType,
        Version = folding.Version,
        Payload = JsonSerializer.SerializeToUtf8Bytes(folding.State, descriptor.JsonTypeInfo),
        Metadata = new() { [LastEvent] = folding.LastEvent.ToString() },
    };

    private sealed class Folding
    {
        public object? State { get; set; }

        public long Version { get; set; }

        public long SnapshotVersion { get; init; }

        public Guid LastEvent { get; private set; }

        public void Add(StateDescriptor descriptor, RecordedEvent @event)
        {
            foreach (var data in @event.Parts)
                State = descriptor.Fold(State, data);
            (Version, LastEvent) = (@event.Number, @event.EventId);
        }
    }
}
