namespace EventStore.EF.Generators.Emission;

/// <summary>Names that emitted code is full of. Always with <c>global::</c>, whatever the user's namespaces and usings are.</summary>
internal static class Code
{
    public const string Guid = "global::System.Guid";
    public const string Json = "global::System.Text.Json.";
    public const string Options = Json + "JsonSerializerOptions";
    public const string Writer = Json + "Utf8JsonWriter";
    public const string Reader = Json + "Utf8JsonReader";
    public const string Token = Json + "JsonTokenType.";
    public const string Metadata = Json + "Serialization.Metadata.";
    public const string TypeInfo = Metadata + "JsonTypeInfo";
    public const string PropertyInfo = Metadata + "JsonPropertyInfo";
    public const string ParameterInfo = Metadata + "JsonParameterInfoValues";
    public const string Services = Metadata + "JsonMetadataServices.";
    public const string Library = "global::EventStore.EF.";
    public const string Values = Library + "EventJsonValues.";
    public const string Helper = Library + "EventJson.";

    /// <summary>The same digits in every culture.</summary>
    public static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
