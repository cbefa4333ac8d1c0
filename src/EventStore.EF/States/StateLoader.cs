using System.Data.Common;
using System.Text.Json;
using EventStore.EF.Read;
using EventStore.EF.Storage;

namespace EventStore.EF.States;

/// <summary>
/// Folds streams into states, starting from the last usable snapshot. If truncated events are not covered by a snapshot, loading fails.
/// </summary>
internal sealed class StateLoader(
    StateStore states, IStreamAdministration administration, ISnapshots snapshots, DbTransaction? transaction)
{
    /// <summary>
    /// The key in a snapshot's metadata for the id of its last event. A stream that was removed and created again has another event at that
    /// version.
    /// </summary>
    private const string LastEvent = "event";

    private Folding? _loaded;

    /// <summary>The number of events that were folded to load the state.</summary>
    public int Folded => _loaded?.Count ?? 0;

    /// <summary>Whether a snapshot was used.</summary>
    public bool IsFromSnapshot => _loaded?.SnapshotVersion > 0;

    /// <summary>The last version that belongs to the state; all of them by default.</summary>
    public long Through { get; init; } = long.MaxValue;

    public async Task<StreamState<TState>> LoadAsync<TState>(StreamName stream, CancellationToken ct)
        where TState : notnull
    {
        _ = stream.Value;
        var descriptor = states.Catalog.FindState(typeof(TState))
            ?? throw new InvalidOperationException(
                $"{typeof(TState)} is not a state. Mark it [State], and reference its project from the application.");
        var snapshot = descriptor.SnapshotEvery == 0
            ? null
            : await snapshots.FindAsync(stream, descriptor.SnapshotType, ct).ConfigureAwait(false);
        if (snapshot?.Version > Through)
            snapshot = null;

        var folding = (snapshot is null ? null : await FromSnapshotAsync(descriptor, snapshot, ct).ConfigureAwait(false))
            ?? await FromStartAsync(descriptor, stream, snapshot, ct).ConfigureAwait(false);
        _loaded = folding;
        states.Meter.Folded(typeof(TState).Name, folding.Count);
        if (folding.State is not TState state)
            throw new StreamNotFoundException(stream);

        if (transaction is null && descriptor.SnapshotEvery > 0 && folding.Version - folding.SnapshotVersion >= descriptor.SnapshotEvery)
            states.Recorder.Record(snapshots, stream, descriptor.SnapshotType, () => Snapshot(descriptor, stream, folding));
        return new(state, folding.Version);
    }

    private async Task<Folding> FromStartAsync(StateDescriptor descriptor, StreamName stream, Snapshot? snapshot, CancellationToken ct)
    {
        while (true)
        {
            var folding = new Folding { State = descriptor.Begin?.Invoke() };
            try
            {
                // If this is false, the stream was removed and created again during the read.
                if (!await FoldAsync(descriptor, stream, folding, null, ct).ConfigureAwait(false))
                    continue;
            }
            catch (StreamNotFoundException) when (descriptor.Begin is not null)
            {
                // The stream begins with the first append.
                return new() { State = descriptor.Begin() };
            }

            return await FindTruncationAsync(stream, folding, ct).ConfigureAwait(false) is { } oldest
                ? throw new StreamTruncatedException(stream, oldest, snapshot?.Version)
                : folding;
        }
    }

    /// <summary>Null if the snapshot doesn't belong to this stream, can't be read, or doesn't cover events that are gone.</summary>
    private async Task<Folding?> FromSnapshotAsync(StateDescriptor descriptor, Snapshot snapshot, CancellationToken ct)
    {
        if (Read(descriptor, snapshot) is not { } state)
            return null;

        var folding = new Folding { State = state, SnapshotVersion = snapshot.Version, Next = snapshot.Version + 1 };
        try
        {
            return await FoldAsync(descriptor, snapshot.Source, folding, snapshot, ct).ConfigureAwait(false)
                && await FindTruncationAsync(snapshot.Source, folding, ct).ConfigureAwait(false) is null ? folding : null;
        }
        catch (StreamNotFoundException)
        {
            // The stream that the snapshot was taken of is gone.
            return null;
        }
    }

    /// <summary>
    /// Folds the stream's events. False if they are not those of a single stream, or not of the stream that the snapshot was taken of.
    /// </summary>
    private async Task<bool> FoldAsync(
        StateDescriptor descriptor, StreamName stream, Folding folding, Snapshot? snapshot, CancellationToken ct)
    {
        long? streamId = null;
        var pages = states.Reader.ReadStreamPagesAsync(stream, new() { From = folding.SnapshotVersion }, transaction, ct);
        await foreach (var page in pages.ConfigureAwait(false))
        {
            streamId ??= page.StreamId;
            if (streamId != page.StreamId)
                return false;

            foreach (var @event in page.Events.TakeWhile(@event => @event.Number <= Through))
            {
                if (@event.Number > folding.SnapshotVersion)
                    folding.Add(descriptor, @event);
                else if (snapshot is not null && !IsLastOf(snapshot, @event))
                    return false;
            }

            // Not the number of the last event: that event may be gone.
            folding.Version = Math.Min(page.Version, Through);
            if (page.Events is [.., { Number: var last }] && last >= Through)
                break;
        }

        return folding.Version >= folding.SnapshotVersion;
    }

    /// <summary>
    /// The first version that was kept, if events that belong to the state were truncated. Numbers are also missing if links were removed
    /// together with the events they linked; those no longer belong to any state.
    /// </summary>
    private async Task<long?> FindTruncationAsync(StreamName stream, Folding folding, CancellationToken ct)
        => folding.FirstMissing is { } missing
            && await administration.FindAsync(stream, ct).ConfigureAwait(false) is { } info && info.OldestVersion > missing
            ? info.OldestVersion
            : null;

    private static bool IsLastOf(Snapshot snapshot, RecordedEvent @event)
        => snapshot.Metadata.TryGetValue(LastEvent, out var id) && id == @event.EventId.ToString();

    private static object? Read(StateDescriptor descriptor, Snapshot snapshot)
    {
        try
        {
            return descriptor.Deserialize(snapshot.Payload.Span);
        }
        catch (Exception exception) when (
            exception is JsonException or NotSupportedException or InvalidOperationException or FormatException or ArgumentException)
        {
            // A snapshot is only a shortcut; the events yield the same state.
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
        private long? _missing;

        public object? State { get; set; }

        /// <summary>The stream's version.</summary>
        public long Version { get; set; }

        public long SnapshotVersion { get; init; }

        /// <summary>The number of the next event.</summary>
        public long Next { get; set; } = 1;

        public Guid LastEvent { get; private set; }

        /// <summary>The number of events that were folded.</summary>
        public int Count { get; private set; }

        /// <summary>The first number without an event, up to the stream's version.</summary>
        public long? FirstMissing => _missing ?? (Next <= Version ? Next : null);

        public void Add(StateDescriptor descriptor, RecordedEvent @event)
        {
            foreach (var data in @event.Parts)
                State = descriptor.Fold(State, data, @event);

            if (@event.Number > Next)
                _missing ??= Next;

            (Next, LastEvent) = (@event.Number + 1, @event.EventId);
            Count++;
        }
    }
}
