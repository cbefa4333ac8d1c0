using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the class of an array, list, set or dictionary.</summary>
internal static class CollectionEmitter
{
    private const string Generic = "global::System.Collections.Generic.";

    public static void Emit(SourceWriter code, CollectionShape shape)
    {
        var type = shape.Type.Code;
        var kind = shape.Kind;
        var arguments = kind.TypeArguments switch
        {
            CollectionArguments.Element => shape.Element.Type,
            CollectionArguments.CollectionAndElement => $"{type}, {shape.Element.Type}",
            _ => $"{type}, {shape.Key!.Type}, {shape.Element.Type}",
        };
        var write = HasWriter(shape) ? "Write" : "null";
        var creator = kind.HasConstructor ? $"static () => new {type}()" : "null";
        var items = shape.Key is null ? shape.Element.Type : $"{shape.Key.Type}, {shape.Element.Type}";
        var range = kind.CreateRange is null ? "" : $", {kind.CreateRange}<{items}>";
        code.Line($"internal static {Code.TypeInfo} Create({Code.Options} options)")
            .Line($"    => {Code.Services}{kind.Factory}<{arguments}>(options, new {Code.Metadata}JsonCollectionInfoValues<{type}>")
            .Line($"        {{ ObjectCreator = {creator}, SerializeHandler = {write} }}{range});")
            .Line();
        code.Open($"internal static void Write({Code.Writer} writer, {type} value)");
        if (HasWriter(shape))
            Body(code, shape);
        else
            code.Line($"{ContextEmitter.ClassName}.Default.Write<{type}>(writer, value);");
        code.Close();
        if (shape.HasReader)
            ReaderEmitter.Emit(code, shape);
    }

    /// <summary>Only the converter knows the JSON names of keys other than strings, Guids and integers.</summary>
    private static bool HasWriter(CollectionShape shape)
        => shape.Key is null or { Type: "string" or Code.Guid } or { Kind: ValueKind.Number }
            && shape.Key?.Type is not ("float" or "double" or "decimal");

    private static void Body(SourceWriter code, CollectionShape shape)
    {
        if (shape.Kind.Enumerated is not (Enumerated.Boxed or Enumerated.Span))
            code.Open("if (value is null)").Line("writer.WriteNullValue();").Line("return;").Close().Line();
        if (shape.Key is null)
        {
            code.Line($"{Code.Helper}StartArray(writer);").Open($"foreach (var item in {Items(shape)})");
            ValueEmitter.Value(code, shape.Element, "item");
            code.Close().Line("writer.WriteEndArray();");
            return;
        }

        code.Line($"{Code.Helper}StartObject(writer);").Open($"foreach (var pair in {Items(shape)})")
            .Line($"writer.WritePropertyName({Key(shape.Key)});");
        ValueEmitter.Value(code, shape.Element, "pair.Value");
        code.Close().Line("writer.WriteEndObject();");
    }

    private static string Items(CollectionShape shape) => shape.Kind.Enumerated switch
    {
        Enumerated.Directly => "value",
        Enumerated.Span => "value.Span",
        _ when shape.Key is null => $"({Generic}IEnumerable<{shape.Element.Type}>)value",
        _ => $"({Generic}IEnumerable<{Generic}KeyValuePair<{shape.Key.Type}, {shape.Element.Type}>>)value",
    };

    private static string Key(ValueModel key) => key.Kind == ValueKind.Number
        ? "pair.Key.ToString(global::System.Globalization.CultureInfo.InvariantCulture)"
        : key.Type == "string" ? "pair.Key" : "pair.Key.ToString()";
}
