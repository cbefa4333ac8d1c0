namespace EventStore.EF;

/// <summary>
/// Marks a record, class or struct as an event. The generator registers it, writes its JSON serializer at compile time and makes it known
/// to every application that references its assembly; there is nothing to call.
/// </summary>
/// <remarks>
/// The name is stored for ever. Without one, the type's name in kebab-case is used (<c>OrderPlaced</c> becomes <c>order-placed</c>),
/// without its namespace. Give an explicit name if the type may be renamed later. Two types with the same name and version in one
/// application are a build error.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class EventAttribute : Attribute
{
    /// <summary>The stored name is the type's own name in kebab-case.</summary>
    public EventAttribute()
    {
    }

    /// <summary>The stored name is <paramref name="name"/>.</summary>
    /// <param name="name">1 to 200 characters: letters, digits, <c>.</c>, <c>-</c>, <c>_</c> and <c>:</c>; checked at compile time.</param>
    public EventAttribute(string name) => Name = name;

    /// <summary>The name that is stored, or <see langword="null"/> for the type's own name in kebab-case.</summary>
    public string? Name { get; }

    /// <summary>The version of the event's shape, from 1 (the default) upwards.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Names under which this event was stored in the past; they are read as this type. None by default.</summary>
    public string[] Aliases { get; set; } = [];

    /// <summary>
    /// Whether the application writes and reads the event with a serializer of its own, which it registers with <c>UseSerializer</c>.
    /// No JSON serializer is then generated, and the rules for members don't apply. <see langword="false"/> by default.
    /// </summary>
    public bool HasOwnSerializer { get; set; }
}
