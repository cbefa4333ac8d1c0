using System.Text.Json.Nodes;

namespace EventStore.EF;

/// <summary>
/// Turns the stored JSON of a version whose class no longer exists into that of a later version, as specified by
/// <see cref="JsonUpcasterAttribute"/>. Otherwise like <see cref="IUpcaster{TOld, TNew}"/>.
/// </summary>
public interface IJsonUpcaster
{
    /// <summary>Returns the event as the later version would have written it; <see langword="null"/> to drop the event.</summary>
    /// <param name="event">The stored JSON, which may be changed and returned.</param>
    JsonObject? Upcast(JsonObject @event);
}
