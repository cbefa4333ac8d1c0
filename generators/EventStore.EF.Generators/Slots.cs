using System.Collections.Immutable;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators;

/// <summary>
/// Distributes models over a fixed number of slots by the hash of their types. The compiler compares the items of a provider by index:
/// inserting or removing one would shift all later items, and their files would all be written again.
/// </summary>
internal static class Slots
{
    private const int Count = 512;

    public static IncrementalValuesProvider<EquatableArray<T>> InSlots<T>(this IncrementalValuesProvider<T> models, Func<T, TypeName> type)
        where T : IEquatable<T>
        => models.Collect().InSlots(type);

    public static IncrementalValuesProvider<EquatableArray<T>> InSlots<T>(
        this IncrementalValueProvider<ImmutableArray<T>> models, Func<T, TypeName> type)
        where T : IEquatable<T>
        => models.SelectMany((all, _) =>
        {
            var slots = new EquatableArray<T>[Count];
            foreach (var slot in all.GroupBy(model => type(model).Bucket(Count)))
                slots[slot.Key] = slot.OrderBy(model => type(model).Code, StringComparer.Ordinal).ToEquatableArray();
            return slots;
        });
}
