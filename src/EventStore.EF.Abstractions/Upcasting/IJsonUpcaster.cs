using System.Text.Json.Nodes;

namespace EventStore.EF;

/// <summary>
/// Turns the stored JSON of a version whose class is gone into that of a later version. Which one is said by
/// <see cref="JsonUpcasterAttribute"/>. Otherwise as <see cref="IUpcaster{TOld, TNew}"/>.
/// </summary>
public interface IJsonUpcaster
{
    /// <summary>The event as the later version would have written it; <see langword="null"/> to drop the event.</summary>
    /// <param name="event">What is stored; it may be changed and returned.</param>
    JsonObject? Upcast(JsonObject @event);
}
