namespace EventStore.EF.Generators.Model;

/// <summary>A <c>JsonSerializerContext</c> in the user's code.</summary>
/// <param name="Type">The context.</param>
/// <param name="Types">The types that its <c>[JsonSerializable]</c> attributes name.</param>
internal sealed record UserContextModel(string Type, EquatableArray<string> Types);
