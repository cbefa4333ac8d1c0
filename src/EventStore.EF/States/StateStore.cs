using System.Data.Common;
using EventStore.EF.Read;
using EventStore.EF.Telemetry;

namespace EventStore.EF.States;

/// <summary>Loads states of streams and records snapshots of them in the background.</summary>
internal sealed class StateStore(
    EventReader reader, EventCatalog catalog, SnapshotRecorder recorder, OperationMeter meter, EventStoreOptions options)
{
    /// <summary>Reads the events of the streams.</summary>
    public EventReader Reader => reader;

    /// <summary>Contains the states.</summary>
    public EventCatalog Catalog => catalog;

    /// <summary>Records snapshots in the background.</summary>
    public SnapshotRecorder Recorder => recorder;

    /// <summary>Measures how many events are folded.</summary>
    public OperationMeter Meter => meter;

    /// <param name="stream">The stream.</param>
    /// <param name="streams">Looks at the stream, in the same transaction.</param>
    /// <param name="snapshots">Reads and records snapshots, in the same transaction.</param>
    /// <param name="transaction">
    /// The caller's transaction. Nothing is recorded in the background inside it, because it may be rolled back.
    /// </param>
    /// <param name="ct">Cancels the load.</param>
    public Task<StreamState<TState>> LoadAsync<TState>(
        StreamName stream, IStreamAdministration streams, ISnapshots snapshots, DbTransaction? transaction, CancellationToken ct)
        where TState : notnull
    {
        var loader = new StateLoader(this, streams, snapshots, transaction);
        return Tracing.IsListenedTo ? TraceAsync<TState>(loader, stream, ct) : loader.LoadAsync<TState>(stream, ct);
    }

    /// <summary>Applies events that are about to be appended to a loaded state, as a later load will.</summary>
    public TState Apply<TState>(TState state, IEnumerable<NewEvent> events)
        where TState : notnull
    {
        var descriptor = catalog.FindState(typeof(TState))!;
        object? applied = state;
        foreach (var data in events.SelectMany(@event => catalog.Upcasters.Upcast(@event.Data)))
            applied = descriptor.Fold(applied, data);

        return (TState)applied!;
    }

    private async Task<StreamState<TState>> TraceAsync<TState>(StateLoader loader, StreamName stream, CancellationToken ct)
        where TState : notnull
    {
        using var span = LoadSpan.Start(typeof(TState).Name, options.TraceStreamNames ? stream.Value : null);
        try
        {
            var loaded = await loader.LoadAsync<TState>(stream, ct).ConfigureAwait(false);
            if (span is not null)
                LoadSpan.Succeed(span, loaded.Version, loader.Folded, loader.IsFromSnapshot);

            return loaded;
        }
        catch (Exception exception) when (exception is not StreamNotFoundException)
        {
            Tracing.Fail(span, exception, options.TraceStreamNames);
            throw;
        }
    }
}
