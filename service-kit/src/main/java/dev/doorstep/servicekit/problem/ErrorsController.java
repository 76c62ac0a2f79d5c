package dev.doorstep.servicekit.problem;

import dev.doorstep.commonmodel.error.ErrorCode;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers what never reached a controller, such as a path that the firewall refuses, with a problem detail too. */
@RestController
@Hidden
public class ErrorsController implements ErrorController {
    @RequestMapping("/error")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer given ? given : 404;
        ErrorCode code = ProblemStatus.codeOf(status);
        ProblemDetail problem = Problems.of(code, null, code == ErrorCode.INTERNAL
                ? "the request failed inside; the log has it under this trace"
                : "the request's line or headers can't be accepted");
        return ResponseEntity.status(problem.getStatus()).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
    }
}
