using System.Text.Json.Serialization;

namespace EventStore.EF.Specification;

/// <summary>A state of the suites.</summary>
public sealed record Tally(int Count, string Note);

/// <summary>How the suites' states are written.</summary>
[JsonSerializable(typeof(Tally))]
public sealed partial class TallyJson : JsonSerializerContext;
