using System.Text.Json;

namespace Ordering.Page;

/// <summary>An event as it stands in the store.</summary>
internal sealed record EventView(string Type, long Version, long Position, DateTimeOffset CreatedAt, JsonElement Payload);
