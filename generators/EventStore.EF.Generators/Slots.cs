using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators;

/// <summary>
/// A fixed number of places for models, by the hash of their types. The compiler compares the items of a file place by place: one
/// that is added in front of others, or removed, would shift them all, and all would be written again.
/// </summary>
internal static class Slots
{
    private const int Count = 512;

    public static IncrementalValuesProvider<EquatableArray<T>> InSlots<T>(this IncrementalValuesProvider<T> models, Func<T, TypeName> type)
        where T : IEquatable<T>
        => models.Collect().SelectMany((all, _) =>
        {
            var slots = new EquatableArray<T>[Count];
            foreach (var slot in all.GroupBy(model => type(model).Bucket(Count)))
                slots[slot.Key] = slot.OrderBy(model => type(model).Code, StringComparer.Ordinal).ToEquatableArray();
            return slots;
        });
}
