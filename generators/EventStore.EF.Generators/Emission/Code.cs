namespace EventStore.EF.Generators.Emission;

/// <summary>
/// The names used most in emitted code. They begin with <c>global::</c>, so that the user's namespaces and usings don't matter. The most
/// frequent ones have an alias in the generated namespace, which the user's code can't hide: the compiler reads every character of this.
/// </summary>
internal static class Code
{
    public const string Guid = "global::System.Guid";
    public const string Json = "global::System.Text.Json.";
    public const string Options = Json + "JsonSerializerOptions";
    public const string Writer = Json + "Utf8JsonWriter";
    public const string Reader = "Reader";
    public const string Token = "Token.";
    public const string Text = "Text";
    public const string Bytes = "Bytes";
    public const string Metadata = Json + "Serialization.Metadata.";
    public const string TypeInfo = Metadata + "JsonTypeInfo";
    public const string PropertyInfo = Metadata + "JsonPropertyInfo";
    public const string ParameterInfo = Metadata + "JsonParameterInfoValues";
    public const string Services = Metadata + "JsonMetadataServices.";
    public const string Library = "global::EventStore.EF.";
    public const string Values = "Values.";
    public const string Members = "Members.";
    public const string Helper = "Json.";

    public static readonly IReadOnlyList<string> Usings =
    [
        $"using Json = {Library}EventJson;",
        $"using Values = {Library}EventJsonValues;",
        $"using Members = {Library}EventJsonMembers;",
        $"using Reader = {Json}Utf8JsonReader;",
        $"using Token = {Json}JsonTokenType;",
        $"using Text = {Json}JsonEncodedText;",
        "using Bytes = global::System.ReadOnlySpan<byte>;",
    ];

    /// <summary>The number as a literal, the same in every culture.</summary>
    public static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
