using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the statements that write a value, alone or as a member, to the variable <c>writer</c>.</summary>
internal static class ValueEmitter
{
    /// <summary>Emits the writing of a member; <paramref name="name"/> is the field with its encoded name.</summary>
    public static void Member(SourceWriter code, ValueModel value, string name, string expression, int depth = 0)
    {
        switch (value.Kind)
        {
            case ValueKind.Number:
            case ValueKind.Enum:
            case ValueKind.Boolean:
            case ValueKind.Text:
            case ValueKind.Char:
                var operand = value.Kind == ValueKind.Enum ? $"({value.Detail}){expression}" : expression;
                code.Line($"{MethodNames.Write(value)}(writer, {name}, {operand});");
                break;
            case ValueKind.EnumName:
                EnumName(code, value, expression, (text, number) => text is not null
                    ? $"{Code.Members}WriteText(writer, {name}, {text});"
                    : $"{MethodNames.Write(value)}(writer, {name}, {number});");
                break;
            case ValueKind.Nullable:
                var writeNull = $"writer.WriteNull({name});";
                Nullable(code, expression, depth, writeNull, inner => Member(code, value.Inner!, name, inner, depth + 1));
                break;
            default:
                code.Line($"writer.WritePropertyName({name});");
                Value(code, value, expression, depth);
                break;
        }
    }

    /// <summary>Emits the writing of an array element, or of the value after a name.</summary>
    public static void Value(SourceWriter code, ValueModel value, string expression, int depth = 0)
    {
        switch (value.Kind)
        {
            case ValueKind.Number:
            case ValueKind.Enum:
            case ValueKind.Boolean:
            case ValueKind.Text:
            case ValueKind.Char:
                code.Line($"writer.{Method(value)}Value({Operand(value, expression)});");
                break;
            case ValueKind.EnumName:
                EnumName(code, value, expression, (text, number) => text is not null
                    ? $"writer.WriteStringValue({text});"
                    : $"writer.WriteNumberValue({number});");
                break;
            case ValueKind.Nullable:
                Nullable(code, expression, depth, "writer.WriteNullValue();", inner => Value(code, value.Inner!, inner, depth + 1));
                break;
            case ValueKind.Base64:
                code.Line($"{Code.Helper}Write(writer, {expression}, {Code.Services}ByteArrayConverter);");
                break;
            case ValueKind.Converter:
                code.Line($"{Code.Helper}Write(writer, {expression}, {Code.Services}{value.Detail});");
                break;
            case ValueKind.Shape:
                code.Line($"Json_{value.Detail}.Write(writer, {expression});");
                break;
            default:
                code.Line($"{ContextEmitter.ClassName}.Default.Write<{value.Type}>(writer, {expression});");
                break;
        }
    }

    /// <summary>Emits a switch over the names. A value without a name is written as a number.</summary>
    private static void EnumName(SourceWriter code, ValueModel value, string expression, Func<string?, string, string> write)
    {
        code.Open($"switch (({value.Detail}){expression})");
        foreach (var name in value.Names)
            code.Line($"case {name.Number}: {write(GeneratedFile.Literal(name.Name), "")} break;");
        code.Line($"default: {write(null, $"({value.Detail}){expression}")} break;").Close();
    }

    private static string Method(ValueModel value) => value.Kind switch
    {
        ValueKind.Number or ValueKind.Enum => "WriteNumber",
        ValueKind.Boolean => "WriteBoolean",
        _ => "WriteString",
    };

    private static string Operand(ValueModel value, string expression) => value.Kind switch
    {
        ValueKind.Enum => $"({value.Detail}){expression}",
        ValueKind.Char => $"{expression}.ToString()",
        _ => expression,
    };

    private static void Nullable(SourceWriter code, string expression, int depth, string writeNull, Action<string> writeInner)
    {
        var variable = $"v{depth}";
        code.Open($"if ({expression} is {{ }} {variable})");
        writeInner(variable);
        code.Close().Open("else").Line(writeNull).Close();
    }
}
