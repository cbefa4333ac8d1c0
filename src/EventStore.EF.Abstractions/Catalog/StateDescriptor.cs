using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF;

/// <summary>Applies one event to a state.</summary>
/// <param name="state">The state so far; <see langword="null"/> before it has begun.</param>
/// <param name="data">The event.</param>
/// <param name="recorded">
/// The event as it is stored; may be <see langword="null"/> unless <see cref="StateDescriptor.TakesRecordedEvents"/>.
/// </param>
/// <returns>The state afterwards; the same state if the event doesn't concern it.</returns>
public delegate object? StateFold(object? state, object data, RecordedEvent? recorded);

/// <summary>Describes a state to the store: how it is folded, and how its snapshots are stored.</summary>
public sealed class StateDescriptor
{
    private readonly Func<JsonTypeInfo>? _makeJsonTypeInfo;
    private readonly EventJsonReader? _read;
    private JsonTypeInfo? _jsonTypeInfo;

    /// <summary>Describes a state; generated code calls this.</summary>
    /// <param name="clrType">The type.</param>
    /// <param name="snapshotType">The type of its snapshots, which also identifies their shape.</param>
    /// <param name="snapshotEvery">The number of events after which a snapshot is recorded; 0 for never.</param>
    /// <param name="begin">Creates the state before the first event; <see langword="null"/> if an event begins it.</param>
    /// <param name="fold">Applies an event to the state.</param>
    /// <param name="jsonTypeInfo">
    /// Creates the serialization metadata of snapshots; <see langword="null"/> if there are no snapshots.
    /// </param>
    /// <param name="read">The generated reader of simple snapshots, if there is one.</param>
    /// <param name="takesRecordedEvents">Whether one of the state's methods takes the <see cref="RecordedEvent"/>.</param>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public StateDescriptor(
        Type clrType,
        string snapshotType,
        int snapshotEvery,
        Func<object>? begin,
        StateFold fold,
        Func<JsonTypeInfo>? jsonTypeInfo,
        EventJsonReader? read = null,
        bool takesRecordedEvents = false)
    {
        ArgumentNullException.ThrowIfNull(clrType);
        ArgumentException.ThrowIfNullOrEmpty(snapshotType);
        ArgumentOutOfRangeException.ThrowIfNegative(snapshotEvery);
        ArgumentNullException.ThrowIfNull(fold);
        ClrType = clrType;
        SnapshotType = snapshotType;
        SnapshotEvery = jsonTypeInfo is null ? 0 : snapshotEvery;
        Begin = begin;
        Fold = fold;
        TakesRecordedEvents = takesRecordedEvents;
        _makeJsonTypeInfo = jsonTypeInfo;
        _read = read;
    }

    /// <summary>The type.</summary>
    public Type ClrType { get; }

    /// <summary>
    /// The type of its snapshots: the state's name and a hash of its shape, so that snapshots of another shape aren't read.
    /// </summary>
    public string SnapshotType { get; }

    /// <summary>The number of events since the last snapshot after which a new one is recorded; 0 for never.</summary>
    public int SnapshotEvery { get; }

    /// <summary>Creates the state before the first event; <see langword="null"/> if an event begins it.</summary>
    public Func<object>? Begin { get; }

    /// <summary>Applies one event to the state.</summary>
    public StateFold Fold { get; }

    /// <summary>Whether one of the state's methods takes the <see cref="RecordedEvent"/> beside the event.</summary>
    public bool TakesRecordedEvents { get; }

    internal JsonTypeInfo JsonTypeInfo => _jsonTypeInfo ??= _makeJsonTypeInfo!();

    /// <summary>
    /// Deserializes the state from a snapshot's JSON. The value or exception is that of System.Text.Json, whichever reader reads it.
    /// </summary>
    internal object? Deserialize(ReadOnlySpan<byte> payload)
        => TryReadStraight(payload, out var state) ? state : JsonSerializer.Deserialize(payload, JsonTypeInfo);

    /// <summary>Whether the generated reader understood everything; if not, the serialization metadata reads it again.</summary>
    internal bool TryReadStraight(ReadOnlySpan<byte> payload, out object? state) => StraightReader.TryRead(_read, payload, out state);

    /// <summary>Creates the exception that generated code throws if an event is applied to a state that hasn't begun.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static InvalidOperationException NotBegun(Type state, object data)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(
            $"{state} has not begun when {data?.GetType()} is applied to it. Add a Create method for that event, or a parameterless " +
            "constructor and no Create methods.");
    }

    /// <summary>
    /// Creates the exception that generated code throws if a method takes the <see cref="RecordedEvent"/>, and the fold was given none.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static InvalidOperationException NotRecorded(Type state, object data)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(
            $"A method of {state} takes the RecordedEvent of {data?.GetType()}, but only the event was given. " +
            "Pass the recorded event too.");
    }

    /// <summary>Creates the exception that generated code throws if an event begins a state that has already begun.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static InvalidOperationException BegunTwice(Type state, object data)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(
            $"{state} has already begun when {data?.GetType()} is applied to it, but has only a Create method for that event. " +
            "Add an Apply method.");
    }
}
