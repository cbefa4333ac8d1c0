using System.Data.Common;
using EventStore.EF.Read;
using EventStore.EF.Storage;
using EventStore.EF.Telemetry;

namespace EventStore.EF.States;

/// <summary>Loads states of streams and records snapshots of them in the background.</summary>
internal sealed class StateStore(
    EventReader reader, EventCatalog catalog, SnapshotRecorder recorder, OperationMeter meter, EventStoreOptions options, TimeProvider time)
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
    /// <param name="through">The last version that belongs to the state; all of them by default.</param>
    public Task<StreamState<TState>> LoadAsync<TState>(
        StreamName stream, IStreamAdministration streams, ISnapshots snapshots, DbTransaction? transaction, CancellationToken ct,
        long through = long.MaxValue)
        where TState : notnull
    {
        var loader = new StateLoader(this, streams, snapshots, transaction) { Through = through };
        return Tracing.IsListenedTo ? TraceAsync<TState>(loader, stream, ct) : loader.LoadAsync<TState>(stream, ct);
    }

    /// <summary>Whether what <see cref="Apply"/> returns may differ from what a load returns after the append.</summary>
    public bool IsKnownAfterAppend<TState>() => catalog.FindState(typeof(TState))!.TakesRecordedEvents;

    /// <summary>
    /// Applies events that are about to be appended to a loaded state, as a later load will. Of the events as they are stored, position and
    /// time are not known yet.
    /// </summary>
    /// <param name="loaded">The state.</param>
    /// <param name="plan">What is about to be written.</param>
    /// <param name="events">The same events.</param>
    public TState Apply<TState>(StreamState<TState> loaded, AppendPlan plan, IReadOnlyList<NewEvent> events)
        where TState : notnull
    {
        var descriptor = catalog.FindState(typeof(TState))!;
        object? applied = loaded.State;
        for (var index = 0; index < events.Count; index++)
        {
            var recorded = descriptor.TakesRecordedEvents ? Foresee(plan, index, loaded.Version + index + 1) : null;
            foreach (var data in catalog.Upcasters.Upcast(events[index].Data))
                applied = descriptor.Fold(applied, data, recorded);
        }

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

    private RecordedEvent Foresee(AppendPlan plan, int index, long version)
    {
        var planned = plan.Events[index];
        return new(catalog)
        {
            EventId = planned.Id,
            Position = 0,
            StreamName = plan.Stream,
            StreamVersion = version,
            Number = version,
            EventType = planned.Type,
            SchemaVersion = planned.SchemaVersion,
            Payload = planned.Data,
            ContentType = planned.ContentType ?? ContentTypes.Json,
            MetadataJson = planned.Metadata,
            CorrelationId = planned.CorrelationId,
            CausationId = planned.CausationId,
            CreatedAt = time.GetUtcNow(),
        };
    }
}
