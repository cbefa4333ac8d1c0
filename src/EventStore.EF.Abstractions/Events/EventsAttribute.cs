namespace EventStore.EF;

/// <summary>
/// Registers events of referenced assemblies in which no generator runs, such as those in F# or Visual Basic. Their serializers are
/// generated in this assembly, as if it declared them.
/// </summary>
/// <param name="types">The types, marked <see cref="EventAttribute"/>.</param>
/// <example><code>[assembly: Events(typeof(OrderPlaced), typeof(OrderShipped))]</code></example>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class EventsAttribute(params Type[] types) : Attribute
{
    /// <summary>The types.</summary>
    public IReadOnlyList<Type> Types { get; } = types;
}
