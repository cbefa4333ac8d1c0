using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventStore.EF;

/// <summary>Leads a state on by one event.</summary>
/// <param name="state">The state so far; <see langword="null"/> before it has begun.</param>
/// <param name="data">The event.</param>
/// <returns>The state afterwards; the same when the event doesn't concern it.</returns>
public delegate object? StateFold(object? state, object data);

/// <summary>What the store knows of one state: how it is folded, and how its snapshots are kept.</summary>
public sealed class StateDescriptor
{
    private readonly Func<JsonTypeInfo>? _makeJsonTypeInfo;
    private readonly EventJsonReader? _read;
    private JsonTypeInfo? _jsonTypeInfo;

    /// <summary>Describes a state; generated code calls this.</summary>
    /// <param name="clrType">The type.</param>
    /// <param name="snapshotType">The type of its snapshots, which names their shape as well.</param>
    /// <param name="snapshotEvery">After how many events a snapshot is recorded; 0 for never.</param>
    /// <param name="begin">Makes the state before the first event; <see langword="null"/> when an event begins it.</param>
    /// <param name="fold">Leads it on.</param>
    /// <param name="jsonTypeInfo">Makes the serialization metadata of snapshots; <see langword="null"/> where there are none.</param>
    /// <param name="read">The straight-line reader of snapshots, if there is one.</param>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public StateDescriptor(
        Type clrType,
        string snapshotType,
        int snapshotEvery,
        Func<object>? begin,
        StateFold fold,
        Func<JsonTypeInfo>? jsonTypeInfo,
        EventJsonReader? read = null)
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
        _makeJsonTypeInfo = jsonTypeInfo;
        _read = read;
    }

    /// <summary>The type.</summary>
    public Type ClrType { get; }

    /// <summary>The type of its snapshots: the state's name and a hash of its shape, so that those of another shape aren't read.</summary>
    public string SnapshotType { get; }

    /// <summary>After how many events since the last snapshot a new one is recorded; 0 for never.</summary>
    public int SnapshotEvery { get; }

    /// <summary>Makes the state before the first event; <see langword="null"/> when an event begins it.</summary>
    public Func<object>? Begin { get; }

    /// <summary>Leads the state on by one event.</summary>
    public StateFold Fold { get; }

    internal JsonTypeInfo JsonTypeInfo => _jsonTypeInfo ??= _makeJsonTypeInfo!();

    /// <summary>The state that a snapshot's JSON says; System.Text.Json's value or exception, whoever reads it.</summary>
    internal object? Deserialize(ReadOnlySpan<byte> payload)
        => TryReadStraight(payload, out var state) ? state : JsonSerializer.Deserialize(payload, JsonTypeInfo);

    /// <summary>Whether the generated reader understood all of it; on any surprise the metadata reads it again.</summary>
    internal bool TryReadStraight(ReadOnlySpan<byte> payload, out object? state) => StraightReader.TryRead(_read, payload, out state);

    /// <summary>What generated code throws when an event leads on a state that hasn't begun.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static InvalidOperationException NotBegun(Type state, object data)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new($"{state} is led on by {data?.GetType()} before any event has begun it: add a Create method for that event, or a constructor without parameters and no Create methods.");
    }

    /// <summary>What generated code throws when an event begins a state that has begun already.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static InvalidOperationException BegunTwice(Type state, object data)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new($"{state} has begun already when {data?.GetType()} comes, for which it only has a Create method: add an Apply method.");
    }
}
